namespace Muster.Git;

/// <summary>Where an integration worktree stands after an engine was killed.</summary>
/// <param name="Commit">Its head; its files are those of this commit.</param>
/// <param name="IsAhead">The engine had made this commit, or several, upon the one that the journal knows, and died before it could say so.</param>
/// <param name="WasRepaired">A half-done merge or reset was brought to its end.</param>
public sealed record IntegrationHead(string Commit, bool IsAhead, bool WasRepaired);
