using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Muster.Runs;

/// <summary>What a run of the build pipeline is, beyond its <see cref="RunHeader"/>. Fixed when it is planned.</summary>
public sealed record BuildHeader
{
    /// <summary>What is to be built, in the person's words.</summary>
    public required string What { get; init; }

    /// <summary>Whether it is a feature of something that is there, rather than a project of its own.</summary>
    public bool IsFeature { get; init; }

    /// <summary>Findings that are to be mended; then there is no architecture, and each of them is what a module is else. Empty: a project or feature is built.</summary>
    public ImmutableArray<FixOrder> Fixes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The project's name: that of its directory.</summary>
    public required string Project { get; init; }

    /// <summary>Absolute path of the person's checkout; never written to.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that what is built goes back to, e.g. <c>main</c>.</summary>
    public required string BaseBranch { get; init; }

    /// <summary>Full hash of the commit that everything starts from.</summary>
    public required string BaseCommit { get; init; }

    /// <summary>Whether there was nothing committed yet: the base commit is then the engine's own, of an empty tree.</summary>
    public bool IsGreenfield { get; init; }

    /// <summary>Names of the gates that a person decides, beside <c>architecture</c> and <c>ship</c>.</summary>
    public ImmutableArray<string> Gates { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Agent of every role that is not named in <see cref="RoleAgents"/>.</summary>
    public required string Agent { get; init; }

    /// <summary>Agents of single roles, by the role's name in lower case.</summary>
    public ImmutableSortedDictionary<string, string> RoleAgents { get; init => field = value ?? ImmutableSortedDictionary<string, string>.Empty; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Program and arguments of the agent <c>command</c>, the same for every role; empty where that agent is not used.</summary>
    public ImmutableArray<string> Command { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Program and arguments that test a module which names none; empty: such a module has no test.</summary>
    public ImmutableArray<string> TestCommand { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Program and arguments that test what is assembled; empty: there is no such test.</summary>
    public ImmutableArray<string> IntegrationTestCommand { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Path in the tree whose files the person's git runs as hooks; null where hooks do not lie in the tree.</summary>
    public string? HooksPath { get; init; }

    /// <summary>Whether a module's worktree holds only its own paths, those of what it depends on, and the top of the tree.</summary>
    public bool IsSparse { get; init; }

    /// <summary>Longest time that a test command may take, in seconds.</summary>
    public double TestSeconds { get; init; } = 600;

    /// <summary>Whether test commands may use the network.</summary>
    public bool TestsUseNetwork { get; init; }

    /// <summary>Whether shipping always makes a merge commit, also where the base branch could be moved forward.</summary>
    public bool NoFastForward { get; init; }

    /// <summary>All agents that its steps use, the engine first.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Agents => [.. new[] { EngineAgent, Agent }.Concat(RoleAgents.Values).Distinct(StringComparer.Ordinal)];

    /// <summary>Name under which the engine's own steps stand where others have an agent.</summary>
    public const string EngineAgent = "engine";

    /// <summary>The agent of a role.</summary>
    public string AgentOf(Role role) => role is Role.Engine ? EngineAgent : RoleAgents.GetValueOrDefault(role.ToString().ToLowerInvariant(), Agent);
}
