namespace Muster.Git;

/// <summary>Where a branch stands after its worktree was committed.</summary>
/// <param name="Commit">The branch's commit.</param>
/// <param name="IsNew">Whether there was anything to commit.</param>
public sealed record CommitOutcome(string Commit, bool IsNew);
