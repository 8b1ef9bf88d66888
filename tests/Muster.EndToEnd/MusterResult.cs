namespace Muster.EndToEnd;

/// <summary>What a command came to.</summary>
public sealed record MusterResult(int ExitCode, string Output, string Errors);
