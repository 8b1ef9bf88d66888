using System.Collections.Immutable;

namespace Muster.Pipeline;

/// <summary>Where a stage's agent works, with what, and what its prompt says.</summary>
/// <param name="Root">Absolute path of the tree that it may read.</param>
/// <param name="Workspace">Absolute path of the directory that it may write in beside its attempt's; null: none.</param>
/// <param name="Tools">Its tools.</param>
/// <param name="Values">By the placeholders of its role's template; those that every template has are added.</param>
internal sealed record StagePlace(string Root, string? Workspace, ImmutableArray<string> Tools, Dictionary<string, string> Values)
{
    /// <summary>Absolute path of a directory whose files the workspace begins with; null: it begins empty, or is a worktree.</summary>
    public string? Seed { get; init; }
}
