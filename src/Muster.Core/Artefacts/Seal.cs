namespace Muster.Artefacts;

/// <summary>What a published file must be, bound to the task and attempt that wrote it. The journal keeps it; every reader checks it.</summary>
/// <param name="TaskId">Whose file it is.</param>
/// <param name="Attempt">1-based.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record Seal(string TaskId, int Attempt, long Length, string Sha256);
