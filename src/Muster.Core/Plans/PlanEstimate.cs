using System.Collections.Immutable;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Plans;

/// <summary>What a plan will take, before anything is spent.</summary>
/// <param name="Workers">Tasks, items included.</param>
/// <param name="Coordinators">Syntheses.</param>
/// <param name="Waves">Waves of workers that fill the capacity; a rolling dispatch needs about as long as this many at most.</param>
/// <param name="Tokens">Tokens read and written by all agents; 0 for agents without a model.</param>
/// <param name="Usd">Their price.</param>
/// <param name="ParentTokens">What the parent reads, at most.</param>
/// <param name="FlatTokens">What it would read if every worker returned its file.</param>
/// <param name="Domains">Workers and coordinators of each domain.</param>
public sealed record PlanEstimate(
    int Workers, int Coordinators, int Waves, long Tokens, decimal Usd, int ParentTokens, long FlatTokens,
    ImmutableArray<(string Id, int Workers, int Coordinators)> Domains)
{
    // Assumed for a worker that explores a scope, and for a coordinator that reads eight files. Real use varies by a factor of three.
    private const long WorkerReads = 20_000, WorkerWrites = 1_500, CoordinatorReads = 14_000, CoordinatorWrites = 1_500, WorkerFileTokens = 1_500;

    /// <summary>Goes through all tasks once; reads items' files, launches nothing.</summary>
    /// <exception cref="PlanException">An item or id is wrong.</exception>
    public static PlanEstimate Of(Plan plan)
    {
        var (count, units, tokens, usd) = (0, 0L, 0L, 0m);
        var byDomain = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var task in plan.Expand())
        {
            count++;
            units += task.Tier switch { Tier.Haiku => 2, Tier.Sonnet => 3, _ => 6 };
            byDomain[task.Domain] = byDomain.GetValueOrDefault(task.Domain) + 1;
            if (HasModel(task.Agent))
            {
                tokens += WorkerReads + WorkerWrites;
                usd += Price(task.Tier, WorkerReads, WorkerWrites);
            }
        }

        var hasTree = count >= SynthesisTree.LeastWorkersForCoordinators;
        var domains = plan.Domains
            .Select(d => (d.Id, Workers: byDomain.GetValueOrDefault(d.Id), Coordinators: hasTree ? SynthesisTree.CountCoordinators(byDomain.GetValueOrDefault(d.Id)) : 0))
            .ToImmutableArray();
        var coordinators = domains.Sum(d => d.Coordinators);
        if (HasModel(plan.CoordinatorAgent))
        {
            tokens += coordinators * (CoordinatorReads + CoordinatorWrites);
            usd += coordinators * Price(plan.CoordinatorTier, CoordinatorReads, CoordinatorWrites);
        }

        return new(
            count, coordinators, (int)((units + plan.Capacity - 1) / plan.Capacity), tokens, usd, plan.Limits.ParentTokens, count * WorkerFileTokens, domains);
    }

    private static bool HasModel(string agent) => agent is not ("inspect" or "scripted" or "command");

    /// <summary>List prices in USD per million tokens, in and out, of late 2026: 1/5, 3/15 and 5/25. An estimate, without caching.</summary>
    private static decimal Price(Tier tier, long reads, long writes)
    {
        var (read, write) = tier switch { Tier.Haiku => (1m, 5m), Tier.Sonnet => (3m, 15m), _ => (5m, 25m) };
        return ((reads * read) + (writes * write)) / 1_000_000m;
    }
}
