using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>A plan as its user wrote it, checked; its tasks are expanded one by one when they are asked for.</summary>
public sealed record Plan
{
    /// <summary>Most tasks of a plan, items included.</summary>
    public const int MaxTasks = 1_000_000;

    /// <summary>The file's name as the user gave it.</summary>
    public required string FileName { get; init; }

    /// <summary>The whole text.</summary>
    public required string Text { get; init; }

    /// <summary>What it is for; one line.</summary>
    public required string Goal { get; init; }

    /// <summary>Absolute path of the tree that workers may read.</summary>
    public required string Root { get; init; }

    /// <summary>In order; 1 to 5.</summary>
    public ImmutableArray<PlanDomain> Domains { get; init; } = [];

    /// <summary>Agent of the coordinators.</summary>
    public required string CoordinatorAgent { get; init; }

    /// <summary>Their model.</summary>
    public string CoordinatorModel { get; init; } = "sonnet";

    /// <summary>Their tier.</summary>
    public Tier CoordinatorTier { get; init; } = Tier.Sonnet;

    /// <summary>Capacity units at once.</summary>
    public int Capacity { get; init; } = 24;

    /// <summary>Whether waves are dispatched rather than one task as the other ends.</summary>
    public bool Waves { get; init; }

    /// <summary>What a run may spend.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>The models that its agents use, with their prices of now.</summary>
    public ImmutableArray<RunModel> Models { get; init; } = [];

    /// <summary>Further attempts after an agent failure.</summary>
    public int Retries { get; init; } = 1;

    /// <summary>Absolute path of the scripted agent's script; null when there is none.</summary>
    public string? Script { get; init; }

    /// <summary>SHA-256 of <see cref="Text"/>, lower-case hexadecimal.</summary>
    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>All tasks in order, each item once. Reads the items' files while it is enumerated.</summary>
    /// <exception cref="PlanException">When the end is reached: an item, an id or a dependency is wrong; all of them are told.</exception>
    public IEnumerable<TaskSpec> Expand() => new PlanExpansion(this).Tasks();

    /// <summary>What a run of this plan is.</summary>
    /// <param name="runId">Its id.</param>
    /// <param name="seed">Of every chance in it.</param>
    /// <param name="tree">Names the tree as it is now; null outside git.</param>
    public RunHeader ToHeader(string runId, int seed, string? tree) => new()
    {
        RunId = runId,
        Goal = Goal,
        Root = Root,
        Tree = tree,
        PlanName = FileName,
        PlanSha256 = Sha256,
        TasksFile = $"tasks-{Sha256[..12]}.jsonl",
        Domains = [.. Domains.Select(d => new DomainTitle(d.Id, d.Title))],
        CoordinatorAgent = CoordinatorAgent,
        CoordinatorModel = CoordinatorModel,
        CoordinatorTier = CoordinatorTier,
        Capacity = Capacity,
        Waves = Waves,
        Limits = Limits,
        Retries = RetryPolicy.Default with { Retries = Retries },
        Script = Script,
        Models = Models,
        Seed = seed,
    };
}
