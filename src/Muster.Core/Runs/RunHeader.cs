using System.Collections.Immutable;

namespace Muster.Runs;

/// <summary>What a run is: fixed when it is planned, replaced only by an amended plan.</summary>
public sealed record RunHeader
{
    /// <summary><c>yyyyMMdd-HHmmss-xxxxxxxx</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>The plan's goal.</summary>
    public required string Goal { get; init; }

    /// <summary>Absolute path of the tree that workers read.</summary>
    public required string Root { get; init; }

    /// <summary>Names the tree as it was: git's tree id and the hash of what differs from it, or a hash of its files; null where it has no name.</summary>
    public string? Tree { get; init; }

    /// <summary>The tree of before an amended plan whose kept outcomes stand for it; null when all outcomes are of <see cref="Tree"/>.</summary>
    public string? EarlierTree { get; init; }

    /// <summary>File name of the plan as the user gave it.</summary>
    public required string PlanName { get; init; }

    /// <summary>SHA-256 of the plan's bytes.</summary>
    public required string PlanSha256 { get; init; }

    /// <summary>Name of the file in the run directory that holds the expanded tasks.</summary>
    public required string TasksFile { get; init; }

    /// <summary>Ids and titles of the domains, in order.</summary>
    public ImmutableArray<DomainTitle> Domains { get; init; } = [];

    /// <summary>Agent of the coordinators.</summary>
    public required string CoordinatorAgent { get; init; }

    /// <summary>Model of the coordinators.</summary>
    public string CoordinatorModel { get; init; } = "sonnet";

    /// <summary>The coordinators' tier.</summary>
    public Tier CoordinatorTier { get; init; } = Tier.Sonnet;

    /// <summary>Capacity units at once.</summary>
    public int Capacity { get; init; } = 24;

    /// <summary>Whether the specification's literal waves are dispatched, each verified before the next.</summary>
    public bool Waves { get; init; }

    /// <summary>What the run may spend.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>How steps are tried again.</summary>
    public RetryPolicy Retries { get; init; } = RetryPolicy.Default;

    /// <summary>Absolute path of the script for the agent <c>scripted</c>; null when there is none.</summary>
    public string? Script { get; init; }

    /// <summary>How long a coordinator is expected to take, in seconds; 0 means unknown.</summary>
    public double CoordinatorSeconds { get; init; }

    /// <summary>The models that its agents use, by agent and the plan's name for them; empty in runs of before prices were kept.</summary>
    public ImmutableArray<RunModel> Models { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What is built; null for the run of a plan.</summary>
    public BuildHeader? Build { get; init; }

    /// <summary>The prompt templates that were frozen with the run; empty in runs of before that, which use the built-in ones.</summary>
    public ImmutableArray<RunPrompt> Prompts { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Seed of every chance of the run.</summary>
    public int Seed { get; init; }

    /// <summary>The frozen template of a role; null where none was frozen.</summary>
    public RunPrompt? PromptOf(string role) => Prompts.FirstOrDefault(prompt => prompt.Role == role);

    /// <summary>The model that an agent's name for it means; null for an agent that uses none.</summary>
    public RunModel? ModelOf(string agent, string name)
    {
        foreach (var model in Models)
        {
            if (model.Name == name && model.Agent == agent)
            {
                return model;
            }
        }

        return null;
    }
}
