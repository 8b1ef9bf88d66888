namespace Muster.Settings;

/// <summary>A file of a tree that counts only once a person approved it. It was read once: what is judged is what is used.</summary>
/// <param name="Path">Absolute, links of its directory resolved.</param>
/// <param name="Content">The whole text, to be shown; it is somebody else's, so clean it where it goes to a terminal.</param>
/// <param name="Sha256">Hash of its bytes, lower-case hexadecimal.</param>
/// <param name="Standing">Whether it is approved.</param>
public sealed record TreeFile(string Path, string Content, string Sha256, ApprovalStanding Standing)
{
    /// <summary>The text if it may be used; null when it is not approved.</summary>
    public string? ApprovedText => Standing is ApprovalStanding.Approved ? Content : null;
}
