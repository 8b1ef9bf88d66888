namespace Muster.Agents.Keeping;

/// <summary>What the keeper tells an engine: one line of JSON. None of the three set means progress, or the answer to a greeting.</summary>
/// <param name="Id">The engine's number for the attempt.</param>
internal sealed record KeeperEvent(long Id)
{
    /// <summary>The attempt runs.</summary>
    public AttemptOrigin? Started { get; init; }

    /// <summary>The attempt and its whole tree have ended.</summary>
    public AttemptEnd? Ended { get; init; }

    /// <summary>How the attempt was lost: its keeper died, and nothing of it runs any more.</summary>
    public string? Lost { get; init; }
}
