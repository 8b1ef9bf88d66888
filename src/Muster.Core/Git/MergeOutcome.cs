namespace Muster.Git;

/// <summary>How a merge ended.</summary>
public abstract record MergeOutcome
{
    private MergeOutcome()
    {
    }

    /// <summary>It is merged.</summary>
    /// <param name="Commit">The merge commit, now the worktree's head.</param>
    /// <param name="Before">The head before, where an undo goes back to.</param>
    public sealed record Merged(string Commit, string Before) : MergeOutcome;

    /// <summary>The commit is merged already; a merge that a killed engine had finished ends here too.</summary>
    /// <param name="Commit">The worktree's head.</param>
    public sealed record AlreadyMerged(string Commit) : MergeOutcome;

    /// <summary>They do not go together. Nothing was changed, neither branch nor worktree.</summary>
    /// <param name="Probe">Where and why.</param>
    /// <param name="Ours">The worktree's head.</param>
    /// <param name="Theirs">The commit that was to be merged.</param>
    public sealed record Conflicted(MergeProbe Probe, string Ours, string Theirs) : MergeOutcome;
}
