using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>A published file with the seal that its reader checks.</summary>
/// <param name="Step">Index of the step that wrote it.</param>
/// <param name="Attempt">The attempt that the seal is bound to.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Hash of its content.</param>
public readonly record struct SealedInput(int Step, int Attempt, long Length, Hash256 Sha256);
