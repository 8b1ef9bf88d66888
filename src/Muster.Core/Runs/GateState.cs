namespace Muster.Runs;

/// <summary>A gate as it stands: what a person is asked to decide, and what they said.</summary>
/// <param name="Name">e.g. <c>architecture</c>.</param>
/// <param name="Sha256">Hash of what is to be decided, lower-case hexadecimal; a decision on another one does not count.</param>
/// <param name="Subject">What it is, a sentence.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="Standing">Whether it was decided.</param>
/// <param name="By">Who decided; null while it is open.</param>
/// <param name="Because">Their words; null where they gave none.</param>
/// <param name="Opened">How often it was opened: 1 the first time.</param>
public sealed record GateState(
    string Name, string Sha256, string Subject, DateTimeOffset OpenedAt, GateStanding Standing, string? By, string? Because, int Opened)
{
    /// <summary>Hash of what was approved before and is now void; null when nothing was.</summary>
    public string? Void { get; init; }
}
