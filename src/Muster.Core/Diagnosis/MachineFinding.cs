namespace Muster.Diagnosis;

/// <summary>One thing that doctor tells of this machine.</summary>
/// <param name="Name">A word or two.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Detail">What was found, in words.</param>
/// <param name="Advice">How to get it, a sentence; null where nothing needs doing.</param>
public sealed record MachineFinding(string Name, MachineStanding Standing, string Detail, string? Advice = null);
