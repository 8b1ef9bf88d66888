using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Agents;

/// <summary>
/// Files beside its output that an agent of a build may leave in its attempt's directory: what it proposes, and the engine judges and publishes.
/// </summary>
public static class Proposals
{
    /// <summary>Their names, relative to the attempt's directory; one that ends in a slash stands for all beneath it.</summary>
    /// <remarks>An explicit list, since the engine keeps its own records in that directory, too.</remarks>
    public static ImmutableArray<string> Names { get; } = ["contracts/", "brains/", "training.jsonl", "brain.md", "session.md", "conflict.md"];

    /// <summary>Whether a role proposes anything.</summary>
    public static bool MayBeMadeBy(Role role) => role is not (Role.Worker or Role.Coordinator or Role.Qc or Role.Engine);

    /// <summary>Whether the agent may write anything but its output.</summary>
    internal static bool OrWorkspaceOf(AgentTask task) => task.Workspace is not null || MayBeMadeBy(task.Role);

    /// <summary>Whether a path, relative to the attempt's directory with forward slashes and without dots, is one of them.</summary>
    internal static bool Hold(string relative) =>
        Names.Any(name => name.EndsWith('/') ? relative.Length > name.Length && relative.StartsWith(name, StringComparison.Ordinal) : relative == name);
}
