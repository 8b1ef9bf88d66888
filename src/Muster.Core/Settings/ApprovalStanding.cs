namespace Muster.Settings;

/// <summary>Whether a person approved a file as it is now.</summary>
public enum ApprovalStanding
{
    /// <summary>Never, at this path.</summary>
    NotApproved,

    /// <summary>With another content, which it has no more: the approval is void.</summary>
    Changed,

    /// <summary>With just this content.</summary>
    Approved,
}
