using System.Collections.Immutable;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Plans;

/// <summary>What a plan will take, before anything is spent.</summary>
public sealed record PlanEstimate
{
    private const long WorkerFileTokens = 1_500;

    /// <summary>Tasks, items included.</summary>
    public required int Workers { get; init; }

    /// <summary>Syntheses.</summary>
    public required int Coordinators { get; init; }

    /// <summary>Waves of workers that fill the capacity, and at least as many as the longest chain of tasks that wait for one another.</summary>
    public required int Waves { get; init; }

    /// <summary>Tokens read and written by all agents that have a model; 0 where none has.</summary>
    public required long Tokens { get; init; }

    /// <summary>The price of those tokens whose model has a known one.</summary>
    public required decimal KnownUsd { get; init; }

    /// <summary>Models without a known price, in order; their tokens are counted and not priced.</summary>
    public required ImmutableArray<string> UnpricedModels { get; init; }

    /// <summary>Tasks whose program may cost what nobody here can know.</summary>
    public required int Commands { get; init; }

    /// <summary>Steps that go through a provider's batches, at their price.</summary>
    public required int Batched { get; init; }

    /// <summary>The whole cost; null where part of it is not known, which is never taken as zero.</summary>
    public decimal? Usd => UnpricedModels.IsEmpty && Commands == 0 ? KnownUsd : null;

    /// <summary>What the parent reads, at most.</summary>
    public required int ParentTokens { get; init; }

    /// <summary>What it would read if every worker returned its file.</summary>
    public long FlatTokens => Workers * WorkerFileTokens;

    /// <summary>Each domain's workers, and the coordinators of each level above them, the lowest first.</summary>
    public required ImmutableArray<(string Id, int Workers, ImmutableArray<int> Levels)> Domains { get; init; }

    /// <summary>Goes through all tasks once; reads items' files, launches nothing.</summary>
    /// <exception cref="PlanException">An item or id is wrong.</exception>
    public static PlanEstimate Of(Plan plan)
    {
        var (count, commands, batched, units, tokens, usd) = (0, 0, 0, 0L, 0L, 0m);
        var unpriced = new SortedSet<string>(StringComparer.Ordinal);
        var byDomain = new Dictionary<string, int>(StringComparer.Ordinal);
        var after = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal);
        void Spend(string agent, string model, long times, long reads, long writes)
        {
            if (times > 0 && plan.Models.FirstOrDefault(m => m.Agent == agent && m.Name == model) is { } known)
            {
                tokens += times * (reads + writes);
                usd += known.Usd(reads, writes) is { } price ? times * price : 0;
                _ = !known.IsPriced && unpriced.Add(known.Model);
            }
        }

        foreach (var task in plan.Expand())
        {
            count++;
            commands += task.Agent == "command" ? 1 : 0;
            batched += BatchedAgent.Is(task.Agent) ? 1 : 0;
            units += BatchedAgent.Is(task.Agent) ? 0 : task.Tier switch { Tier.Haiku => 2, Tier.Sonnet => 3, _ => 6 };
            byDomain[task.Domain] = byDomain.GetValueOrDefault(task.Domain) + 1;
            Spend(task.Agent, task.Model, 1, AttemptReserve.WorkerReads, AttemptReserve.WorkerWrites);
            if (!task.After.IsEmpty)
            {
                after.Add(task.Id, task.After);
            }
        }

        var hasTree = count >= SynthesisTree.LeastWorkersForCoordinators;
        var domains = plan.Domains
            .Select(d => (d.Id, Workers: byDomain.GetValueOrDefault(d.Id)))
            .Select(d => (d.Id, d.Workers, Levels: hasTree ? SynthesisTree.Levels(d.Workers) : []))
            .ToImmutableArray();
        var coordinators = domains.Sum(d => d.Levels.Sum());
        Spend(plan.CoordinatorAgent, plan.CoordinatorModel, coordinators, AttemptReserve.CoordinatorReads, AttemptReserve.CoordinatorWrites);
        return new()
        {
            Workers = count,
            Coordinators = coordinators,
            Batched = batched + (BatchedAgent.Is(plan.CoordinatorAgent) ? coordinators : 0),
            Waves = Math.Max((int)((units + plan.Capacity - 1) / plan.Capacity), PlanGraph.LongestChain(after)),
            Tokens = tokens,
            KnownUsd = usd,
            UnpricedModels = [.. unpriced],
            Commands = commands,
            ParentTokens = plan.Limits.ParentTokens,
            Domains = domains,
        };
    }
}
