namespace Muster.EndToEnd.Builds;

/// <summary>A module of a project that a test has built.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Needs">Names of modules that it depends on.</param>
public sealed record Part(string Name, params string[] Needs)
{
    /// <summary>What its scripted builder writes, by path.</summary>
    public Dictionary<string, string> Files { get; init; } = new()
    {
        [$"src/{Name}/run.sh"] = $"#!/bin/sh\necho {Name} $*\n",
        [$"src/{Name}/test.sh"] = $"#!/bin/sh\nset -e\nsh src/{Name}/run.sh | grep -q {Name}\n",
    };

    /// <summary>Its test command.</summary>
    public string Test { get; init; } = $"sh src/{Name}/test.sh";

    /// <summary>The paths that are its own.</summary>
    public string[] Paths { get; init; } = [$"src/{Name}/"];

    /// <summary>What its skeleton holds.</summary>
    public string Skeleton { get; init; } = $"src/{Name}/README.md";
}
