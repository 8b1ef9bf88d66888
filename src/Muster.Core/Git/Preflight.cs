using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>Whether a build can start in a repository, and from where.</summary>
/// <param name="BaseBranch">Short name of the branch to build on; null when there is none (detached).</param>
/// <param name="BaseCommit">The commit it is at, frozen for the run; null for a repository without commits.</param>
/// <param name="Problems">All that speaks against it, at once; a build starts when none of them is a refusal.</param>
/// <param name="HooksPath">Path in the tree whose files the user's git runs as hooks; null when hooks do not lie in the tree. No module may write there.</param>
public sealed record Preflight(string? BaseBranch, string? BaseCommit, ImmutableArray<PreflightProblem> Problems, string? HooksPath)
{
    /// <summary>Nothing but the first commit is missing: a build begins its branch with the empty tree.</summary>
    public bool IsGreenfield => BaseCommit is null && IsPossible;

    /// <summary>No problem is a refusal.</summary>
    public bool IsPossible => !Problems.Any(p => p.IsRefusal);
}
