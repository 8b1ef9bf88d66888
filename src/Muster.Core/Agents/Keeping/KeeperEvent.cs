namespace Muster.Agents.Keeping;

/// <summary>What a keeper tells of an attempt; one JSON object a line.</summary>
/// <param name="Kind">started, progress, exited, refused or unknown.</param>
/// <param name="Directory">The attempt's directory.</param>
internal sealed record KeeperEvent(string Kind, string Directory)
{
    /// <summary>Process id.</summary>
    public int Pid { get; init; }

    /// <summary>Its start time in clock ticks since boot.</summary>
    public long StartTime { get; init; }

    /// <summary>Exit code; null when a signal ended it.</summary>
    public int? Code { get; init; }

    /// <summary>The signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>Why the keeper ended it; null when it ended by itself.</summary>
    public string? Reason { get; init; }

    /// <summary>Error of the operating system, with <c>refused</c>.</summary>
    public int Error { get; init; }
}
