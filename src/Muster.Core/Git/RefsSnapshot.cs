using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>The state of a repository that only the engine, or its user, may move.</summary>
/// <param name="Refs">Every ref with its object, or with <c>-&gt;</c> and the ref it stands for.</param>
/// <param name="Heads">What is checked out, by the path of the worktree.</param>
/// <param name="Files">Hashes of git's configuration, attributes and hooks, by their paths in the git directory.</param>
public sealed record RefsSnapshot(
    ImmutableSortedDictionary<string, string> Refs, ImmutableSortedDictionary<string, string> Heads, ImmutableSortedDictionary<string, string> Files);
