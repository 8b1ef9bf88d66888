namespace Muster.Memory;

/// <summary>What became of a brain that was written.</summary>
/// <param name="Path">Of the brain, relative to the project's <c>.orchestration</c>.</param>
/// <param name="Words">Words it has now, its pointer included; at most 2,000.</param>
/// <param name="ArchivedWords">Words that went to the archive with this writing.</param>
public sealed record BrainSaved(string Path, int Words, int ArchivedWords);
