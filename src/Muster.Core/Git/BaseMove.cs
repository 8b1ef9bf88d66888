namespace Muster.Git;

/// <summary>What became of the base branch.</summary>
/// <param name="Commit">The commit that it is at, or will be at once the command has been run.</param>
/// <param name="CheckedOutAt">The worktree in which the branch is checked out, so that it was not moved; null when it was.</param>
/// <param name="Command">What the user runs there instead, ready for a POSIX shell; null when nothing is left to do.</param>
public sealed record BaseMove(string Commit, string? CheckedOutAt, string? Command)
{
    /// <summary>The branch was moved.</summary>
    public bool IsDone => Command is null;
}
