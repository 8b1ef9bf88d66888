namespace Muster.Pipeline;

/// <summary>What a test command came to.</summary>
/// <param name="Passed">Whether it ended with 0.</param>
/// <param name="How">e.g. "exit code 1", "it did not end within 600 s".</param>
/// <param name="Tail">The last lines that it printed.</param>
/// <param name="IsSandboxed">Whether it ran in a sandbox.</param>
public sealed record TestResult(bool Passed, string How, string Tail, bool IsSandboxed);
