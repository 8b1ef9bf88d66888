using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>One task of a plan, fully expanded: what one worker is asked to do. Never changes.</summary>
public sealed record TaskSpec
{
    /// <summary>Unique within the run; <c>^[a-z0-9][a-z0-9._-]{0,63}$</c>. Names the worker's file.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the domain that the task belongs to.</summary>
    public required string Domain { get; init; }

    /// <summary>For people; a few words.</summary>
    public required string Name { get; init; }

    /// <summary>The narrow task, as the agent reads it; placeholders are already replaced.</summary>
    public required string Task { get; init; }

    /// <summary>Paths or globs under the root that the worker may read; empty means the whole root.</summary>
    public ImmutableArray<string> Scope { get; init; } = [];

    /// <summary>A tier's name, or a model's own name.</summary>
    public required string Model { get; init; }

    /// <summary>The class of the model; decides capacity units. Opus where <see cref="Model"/> is an unmapped own name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required Tier Tier { get; init; }

    /// <summary>Name of the agent: inspect, command, scripted, …</summary>
    public required string Agent { get; init; }

    /// <summary>Tools that the agent may use, by name; empty means none.</summary>
    public ImmutableArray<string> Tools { get; init; } = [];

    /// <summary>Hard ceiling of one attempt; null means the role's, 30 minutes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long one attempt is expected to take; null means unknown.</summary>
    public TimeSpan? Estimate { get; init; }

    /// <summary>Ids of tasks, at most 8, that must be verified first and whose files are fed to this one.</summary>
    public ImmutableArray<string> After { get; init; } = [];

    /// <summary>Names of the checks that the agent <c>inspect</c> carries out.</summary>
    public ImmutableArray<string> Checks { get; init; } = [];

    /// <summary>Program and arguments for the agent <c>command</c>; empty otherwise. Never given to a shell.</summary>
    public ImmutableArray<string> Command { get; init; } = [];
}
