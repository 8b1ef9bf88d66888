namespace Muster.Git;

/// <summary>A place where two branches do not go together.</summary>
/// <param name="Path">Relative to the top; empty where git names none.</param>
/// <param name="Kind">Git's short name of it, such as CONFLICT (contents).</param>
/// <param name="Message">Git's words, fit to be shown.</param>
public sealed record MergeConflict(string Path, string Kind, string Message);
