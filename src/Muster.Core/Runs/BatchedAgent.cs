namespace Muster.Runs;

/// <summary>
/// Steps that go through a provider's batch interface are those of an agent of their own beside the one that is asked at once, since all
/// differs: the price, the capacity, the time, and what is told.
/// </summary>
public static class BatchedAgent
{
    /// <summary>Attempts of it under way at once; each waits in memory.</summary>
    public const int MostAtOnce = 10_000;

    /// <summary>What such a step is expected to take, in seconds: most batches end within an hour. So they are launched first.</summary>
    public const float UsualSeconds = 3_600;

    private const string Suffix = "-batch";

    /// <summary>Whether an agent's provider takes batches.</summary>
    public static bool IsThereFor(string agent) => agent is "anthropic";

    /// <summary>The name of the agent for the batches of <paramref name="agent"/>.</summary>
    public static string Of(string agent) => agent + Suffix;

    /// <summary>Whether this is such an agent's name.</summary>
    public static bool Is(string agent) => agent.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The agent that is asked at once: its models, key and endpoint are those of its batches.</summary>
    public static string Plain(string agent) => Is(agent) ? agent[..^Suffix.Length] : agent;
}
