namespace Muster.Agents.Batches;

/// <summary>Limits and patience of the batch lane.</summary>
public sealed record BatchOptions
{
    /// <summary>Requests of one batch; the interface takes 100,000.</summary>
    public int MostRequests { get; init; } = 100_000;

    /// <summary>Bytes of one batch; the interface takes 256 MB.</summary>
    public long MostBytes { get; init; } = 200_000_000;

    /// <summary>Characters of files that one request holds, some 60,000 tokens.</summary>
    public int MostContent { get; init; } = 240_000;

    /// <summary>Tokens of one answer; 16,000 or what the model can, whichever is less.</summary>
    public int MostOutputTokens { get; init; } = 16_000;

    /// <summary>A batch is sent when nothing more came for so long.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>And when its first request waited for so long.</summary>
    public TimeSpan LongestGathering { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>First wait between two looks at a batch; each is half as long again as the one before.</summary>
    public TimeSpan FirstLook { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two looks.</summary>
    public TimeSpan LongestLook { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time of one exchange, and of a stream of results without a line.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Longest time of sending a batch.</summary>
    public TimeSpan Upload { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Tries to send a batch that the provider was too busy for, before its attempts fail as transient.</summary>
    public int MostTries { get; init; } = 6;

    /// <summary>After a batch was sent and nobody knows whether it arrived: how long until its absence from the account means that it did not.</summary>
    public TimeSpan Arrival { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How far the provider's clock may be from ours, before and after.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long batches of the account that may be the lost one are waited for; they show what is in them when they end. Then a person decides.</summary>
    public TimeSpan Doubt { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the account's list of batches is taken to be whole; the provider keeps results for 29 days.</summary>
    public TimeSpan Kept { get; init; } = TimeSpan.FromDays(28);

    /// <summary>How often an attempt that waits tells that it does.</summary>
    public TimeSpan TellEvery { get; init; } = TimeSpan.FromMinutes(1);
}
