namespace Muster.Loopback;

/// <summary>What the rate-limit headers tell.</summary>
/// <param name="Limit">Requests a minute.</param>
/// <param name="Remaining">Of them, those that are left.</param>
/// <param name="Reset">When all are there again.</param>
/// <param name="Now">The time of the response.</param>
internal readonly record struct Capacity(int Limit, int Remaining, DateTimeOffset Reset, DateTimeOffset Now)
{
    /// <summary>A request is taken as a thousand tokens.</summary>
    public const int TokensPerRequest = 1_000;
}
