namespace Muster.Git;

/// <summary>What a repository has that a build cannot work with, or that the user should know.</summary>
/// <param name="Thing">One word for programs: detached, no-commit, submodules, filter, merge-driver, partial-clone, core-worktree, branch-name, dirty, sparse.</param>
/// <param name="Message">A full sentence that names it.</param>
/// <param name="NextStep">A full sentence: what to do.</param>
/// <param name="IsRefusal">No build starts; else it is only told.</param>
public sealed record PreflightProblem(string Thing, string Message, string NextStep, bool IsRefusal);
