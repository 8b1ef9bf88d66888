namespace Muster.Git;

/// <summary>One path that a branch changed.</summary>
/// <param name="Path">Relative to the top of the tree, with slashes; U+FFFD stands for bytes that are no UTF-8.</param>
/// <param name="Status">A added, M modified, D deleted, T turned into another kind.</param>
/// <param name="OldMode">Git's mode before, in octal; 000000 where it was not there.</param>
/// <param name="NewMode">Git's mode now: 100644, 100755, 120000 (link), 160000 (a commit of another repository), or 000000.</param>
/// <param name="Added">Lines added; 0 for what is not text.</param>
/// <param name="Deleted">Lines deleted; 0 for what is not text.</param>
/// <param name="Content">What a link points at, or the text of a file of attributes; null for all else.</param>
public sealed record ChangedPath(string Path, char Status, string OldMode, string NewMode, int Added, int Deleted, string? Content)
{
    /// <summary>It is a symbolic link now.</summary>
    public bool IsLink => NewMode == "120000";

    /// <summary>It is a commit of another repository, before or now.</summary>
    public bool IsSubmodule => OldMode == "160000" || NewMode == "160000";
}
