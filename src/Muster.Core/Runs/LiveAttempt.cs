namespace Muster.Runs;

/// <summary>An attempt that was started and has not ended.</summary>
/// <param name="Step">Index of its step.</param>
/// <param name="Attempt">1-based.</param>
/// <param name="Units">Capacity that it takes; 0 once its agent has ended.</param>
/// <param name="ReservedTokens">Tokens set aside for it.</param>
/// <param name="ReservedUsd">USD set aside for it.</param>
/// <param name="StartedAt">When its intent was recorded.</param>
/// <param name="Used">What its agent consumed; null while the agent works.</param>
public sealed record LiveAttempt(
    int Step, int Attempt, int Units, long ReservedTokens, decimal? ReservedUsd, DateTimeOffset StartedAt, Usage? Used = null);
