namespace Muster.Runs;

/// <summary>How often and how soon a step is tried again.</summary>
/// <param name="Retries">Further attempts after an agent failure; 0 or more.</param>
/// <param name="LostAttempts">Attempts that may get lost with an engine or machine before the step fails.</param>
/// <param name="FirstBackoff">Upper bound of the first wait after a transient failure.</param>
/// <param name="LongestBackoff">Upper bound of every wait.</param>
/// <param name="TransientCeiling">Time after its first transient failure at which a step fails for good.</param>
public sealed record RetryPolicy(
    int Retries, int LostAttempts, TimeSpan FirstBackoff, TimeSpan LongestBackoff, TimeSpan TransientCeiling)
{
    /// <summary>One retry, five lost attempts, waits from 1 s to 60 s, for at most 30 minutes.</summary>
    public static RetryPolicy Default { get; } =
        new(1, 5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(30));

    /// <summary>The wait before the next attempt.</summary>
    /// <remarks>
    /// "Full jitter" of the AWS Architecture Blog, Exponential Backoff And Jitter (2015): uniform in [0, min(cap, base·2^n)],
    /// since callers that failed together must not come back together. What the provider asks for is waited in full.
    /// </remarks>
    /// <param name="failures">Transient failures of the step so far, this one included; at least 1.</param>
    /// <param name="chance">Uniform in [0, 1).</param>
    /// <param name="retryAfter">What the provider asked for; null when it said nothing.</param>
    public TimeSpan Backoff(int failures, double chance, TimeSpan? retryAfter)
    {
        var bound = Math.Min(LongestBackoff.TotalSeconds, FirstBackoff.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 30)));
        var jitter = TimeSpan.FromSeconds(bound * chance);
        return retryAfter is { } asked ? asked + (jitter < asked ? jitter / 10 : jitter) : jitter;
    }
}
