namespace Muster.Agents.Inspect;

/// <summary>What a check sees.</summary>
/// <param name="Tree">The whole audited tree: every file that is not ignored, vendored or generated.</param>
/// <param name="Scope">The files of it that this task is about, in path order.</param>
/// <param name="Now">Today, for ages of debt marks.</param>
public sealed record CheckContext(SourceTree Tree, IReadOnlyList<SourceFile> Scope, DateTimeOffset Now);
