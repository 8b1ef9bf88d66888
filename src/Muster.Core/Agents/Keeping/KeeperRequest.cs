using System.Collections.Immutable;

namespace Muster.Agents.Keeping;

/// <summary>What an engine asks of the keeper: one line of JSON.</summary>
internal sealed record KeeperRequest
{
    /// <summary>The engine's number for the attempt; 0 is a greeting, answered by one.</summary>
    public required long Id { get; init; }

    /// <summary>End the attempt and its whole tree.</summary>
    public bool IsKill { get; init; }

    /// <summary>The attempt's directory. Asking again for the same one follows what runs, or tells how it ended.</summary>
    public string Directory { get; init; } = string.Empty;

    /// <summary>Program and arguments.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>NAME=value each.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>Where it works.</summary>
    public string WorkingDirectory { get; init; } = string.Empty;

    /// <summary>Value of MUSTER_ATTEMPT, unique to the attempt.</summary>
    public string Marker { get; init; } = string.Empty;

    /// <summary>Time limit in milliseconds from the start.</summary>
    public long Limit { get; init; }

    /// <summary>Most bytes in any one file that the attempt's processes write.</summary>
    public long MaxFileBytes { get; init; }

    /// <summary>Most bytes of its stdout, its stderr and its output, each.</summary>
    public long MaxStreamBytes { get; init; }

    /// <summary>Milliseconds between asking its processes to end and ending them.</summary>
    public long Grace { get; init; }
}
