namespace Muster.Agents.Inspect;

/// <summary>The files of an audited tree, listed once: no ignored, vendored or generated file, no link.</summary>
/// <param name="Root">Absolute path.</param>
/// <param name="Files">In path order.</param>
/// <param name="IsGit">Whether git listed the files and its history can be asked.</param>
public sealed record SourceTree(string Root, IReadOnlyList<SourceFile> Files, bool IsGit)
{
    /// <summary>Names that git or the directory lists and that no program can hand back as text: not UTF-8. Their files were not read.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];
}
