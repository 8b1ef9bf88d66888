using System.Collections.Immutable;
using Muster.Models;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>What a person asks of a build.</summary>
public sealed record BuildRequest
{
    /// <summary>What is to be built, in their words.</summary>
    public required string What { get; init; }

    /// <summary>Absolute path of a checkout, or of an empty directory.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it is a feature of what is there.</summary>
    public bool IsFeature { get; init; }

    /// <summary>Findings that are to be mended, instead of something that is built.</summary>
    public ImmutableArray<FixOrder> Fixes { get; init; } = [];

    /// <summary>The branch to build on; null for the one that is checked out.</summary>
    public string? BaseBranch { get; init; }

    /// <summary>Agent of all roles that have none of their own.</summary>
    public required string Agent { get; init; }

    /// <summary>Agents of single roles, by the role's name in lower case; <c>worker</c> is that of the audit at the end.</summary>
    public ImmutableSortedDictionary<string, string> RoleAgents { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Stages after which there is a gate of their own.</summary>
    public ImmutableArray<string> Gates { get; init; } = [];

    /// <summary>Program and arguments of the agent <c>command</c>.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Program and arguments that test a module which names none.</summary>
    public ImmutableArray<string> TestCommand { get; init; } = [];

    /// <summary>Program and arguments that test what is assembled, where the contracts name none.</summary>
    public ImmutableArray<string> IntegrationTestCommand { get; init; } = [];

    /// <summary>Longest time that a test may take.</summary>
    public TimeSpan TestTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether tests may use the network.</summary>
    public bool TestsUseNetwork { get; init; }

    /// <summary>Whether shipping always makes a merge commit.</summary>
    public bool NoFastForward { get; init; }

    /// <summary>Whether a module's worktree holds only its own paths, those of what it depends on, and the top of the tree.</summary>
    public bool IsSparse { get; init; }

    /// <summary>Script of the agent <c>scripted</c>; null where there is none.</summary>
    public string? Script { get; init; }

    /// <summary>What the build may spend.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>Capacity units at once.</summary>
    public int Capacity { get; init; } = 24;

    /// <summary>Which models tiers mean, and what they cost.</summary>
    public ModelTable Models { get; init; } = ModelTable.BuiltIn;
}
