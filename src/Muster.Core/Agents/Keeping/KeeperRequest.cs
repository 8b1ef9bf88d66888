namespace Muster.Agents.Keeping;

/// <summary>What an engine asks its run's keeper; one JSON object a line.</summary>
/// <param name="Op">start, follow or kill.</param>
/// <param name="Directory">The attempt's directory: it names the attempt.</param>
internal sealed record KeeperRequest(string Op, string Directory)
{
    /// <summary>Program and arguments; never given to a shell.</summary>
    public string[] Arguments { get; init; } = [];

    /// <summary>NAME=VALUE each.</summary>
    public string[] Environment { get; init; } = [];

    /// <summary>Where it runs.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Milliseconds after which the keeper itself ends it.</summary>
    public long TimeLimit { get; init; }

    /// <summary>The assignment in its environment by which its processes are known.</summary>
    public string Marker { get; init; } = string.Empty;
}
