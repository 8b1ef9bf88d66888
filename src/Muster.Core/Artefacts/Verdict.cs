namespace Muster.Artefacts;

/// <summary>Whether a file counts.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>It does.</summary>
    /// <param name="Text">Its content without a byte order mark.</param>
    public sealed record Verified(string Text) : Verdict;

    /// <summary>It does not.</summary>
    /// <param name="Code">The rule that it broke.</param>
    /// <param name="Reason">What was wrong, in words that a retry's prompt can use; no final full stop.</param>
    public sealed record Rejected(RejectionCode Code, string Reason) : Verdict;
}
