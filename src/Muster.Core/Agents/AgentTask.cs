using System.Collections.Immutable;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Agents;

/// <summary>All that an agent needs for one attempt.</summary>
public sealed record AgentTask
{
    /// <summary>Id of the run.</summary>
    public required string RunId { get; init; }

    /// <summary>The step's stable key, e.g. <c>worker/sec-1</c> or <c>synthesis/security/2</c>.</summary>
    public required string Step { get; init; }

    /// <summary>The task's id for a worker; the synthesis' id (e.g. <c>security-2</c>) for a coordinator.</summary>
    public required string TaskId { get; init; }

    /// <summary>1-based.</summary>
    public required int Attempt { get; init; }

    /// <summary>What the agent is asked to be.</summary>
    public required Role Role { get; init; }

    /// <summary>The task itself; null for a coordinator.</summary>
    public TaskSpec? Spec { get; init; }

    /// <summary>What a build's step is asked, for the engine's own code; null for a plan's.</summary>
    public StepAsk? Ask { get; init; }

    /// <summary>The class of model.</summary>
    public required Tier Tier { get; init; }

    /// <summary>The model's own name, as it was settled when the run was planned; for an agent that uses none, what the plan says.</summary>
    public required string Model { get; init; }

    /// <summary>USD that the plan allows one attempt, for agents that can hold such a limit themselves; null: it names none.</summary>
    public decimal? MostUsd { get; init; }

    /// <summary>Absolute path of the tree that may be read.</summary>
    public required string Root { get; init; }

    /// <summary>
    /// Absolute path of the directory that the role may write in: a builder's worktree, or the place for an architect's contracts in the attempt's own
    /// directory. Null for a role that writes nothing but its file; then <see cref="Root"/> is read-only, as it always is outside of this directory.
    /// </summary>
    public string? Workspace { get; init; }

    /// <summary>The <see cref="Workspace"/>, where it is a tree to work in and no place for proposals in <see cref="Directory"/>; else null.</summary>
    public string? Worktree => Workspace is { } path && !path.StartsWith(Directory + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;

    /// <summary>Where the agent works: its <see cref="Worktree"/>, or else the tree.</summary>
    public string WorkingDirectory => Worktree ?? Root;

    /// <summary>
    /// Absolute path of this attempt's own directory, where nobody else writes; it is not there for an agent that works in memory.
    /// </summary>
    public required string Directory { get; init; }

    /// <summary>The whole prompt; it also stands in <c>prompt.md</c> in <see cref="Directory"/>. Empty for an agent that works in memory.</summary>
    public required string Prompt { get; init; }

    /// <summary>How many of the prompt's first characters are the same for every task of this role, so that a provider can keep them.</summary>
    public int SharedLength { get; init; }

    /// <summary>Files to read, by explicit list: a coordinator's worker files, a worker's <c>after</c> files.</summary>
    public ImmutableArray<AgentInput> Inputs { get; init; } = [];

    /// <summary>For a coordinator: what is missing, one line each, e.g. "upk-4: timed out twice".</summary>
    public ImmutableArray<string> Gaps { get; init; } = [];

    /// <summary>What people call the domain.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>For a coordinator: workers below it.</summary>
    public int Planned { get; init; }

    /// <summary>For a coordinator: those of them whose file is there.</summary>
    public int Verified { get; init; }

    /// <summary>Hard ceiling of the attempt.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// Asked by an agent that knows beforehand what it is about to buy: given what the attempt will have consumed then, it returns once the run has set
    /// that aside, and is cancelled with the attempt where no limit leaves room for it. Null: nothing is limited.
    /// </summary>
    public Func<Usage, ValueTask>? SetAside { get; init; }

    /// <summary>The file to write, inside <see cref="Directory"/>.</summary>
    public string OutputPath => Path.Combine(Directory, "output.md");
}
