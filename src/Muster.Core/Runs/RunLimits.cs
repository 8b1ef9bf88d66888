namespace Muster.Runs;

/// <summary>What a run may spend. Reserved before each dispatch, carried over resume.</summary>
/// <param name="Agents">Attempts, coordinators included; null means no limit.</param>
/// <param name="Tokens">Tokens read and written over all attempts; null means no limit.</param>
/// <param name="Usd">Cost in USD over all attempts; null means no limit.</param>
/// <param name="Wall">Time with an engine running; null means no limit.</param>
/// <param name="ParentTokens">Tokens of summary.md that the parent receives; at least 200.</param>
/// <param name="AttemptTokens">
/// Tokens set aside for each attempt; one that reports more is ended. Null: where tokens are limited, what its role and tier usually take.
/// </param>
/// <param name="AttemptUsd">USD set aside for each attempt, likewise.</param>
public sealed record RunLimits(
    int? Agents = null, long? Tokens = null, decimal? Usd = null, TimeSpan? Wall = null, int ParentTokens = 2_500,
    long? AttemptTokens = null, decimal? AttemptUsd = null)
{
    /// <summary>These limits of the whole run, and <paramref name="other"/>'s where one is not set.</summary>
    public RunLimits Or(RunLimits other) => this with
    {
        Agents = Agents ?? other.Agents,
        Tokens = Tokens ?? other.Tokens,
        Usd = Usd ?? other.Usd,
        Wall = Wall ?? other.Wall,
    };

    /// <summary>What the plan allows one attempt; nothing where it does not say.</summary>
    internal AttemptReserve AttemptFigure => new(AttemptTokens ?? 0, AttemptUsd ?? 0);
}
