namespace Muster.Git;

/// <summary>Something of the repository that moved and that the engine did not move.</summary>
/// <param name="What">The ref, the worktree's path, the file's path, or the commit.</param>
/// <param name="Before">What it was; null when it was not there.</param>
/// <param name="After">What it is; null when it is gone.</param>
/// <param name="Message">A full sentence.</param>
public sealed record RefChange(string What, string? Before, string? After, string Message);
