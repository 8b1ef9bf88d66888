using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Simulation;

/// <summary>A random plan: 1 to 60 workers, at times 300, in 1 to 5 domains, with dependencies, tiers, limits, waves or rolling.</summary>
internal sealed class SimulatedPlan
{
    private readonly List<Worker> workers;

    private SimulatedPlan(RunHeader header, List<Worker> workers)
    {
        (Header, this.workers) = (header, workers);
        var tree = new SynthesisTree(header);
        foreach (var w in workers)
        {
            tree.AddWorker(w.Id, w.Domain, w.Tier, w.Agent, w.Fingerprint, w.Estimate, [.. w.After]);
        }

        Table = tree.Build();
    }

    public RunHeader Header { get; }

    public StepTable Table { get; }

    public static SimulatedPlan Make(Random chance)
    {
        var domains = chance.Next(1, 6);
        var header = new RunHeader
        {
            RunId = "20260101-000000-00000000",
            Goal = "Simulated",
            Root = "/",
            PlanName = "plan.yaml",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            Domains = [.. Enumerable.Range(0, domains).Select(i => new DomainTitle($"d{i}", $"Domain {i}"))],
            CoordinatorAgent = chance.Next(3) == 0 ? "other" : "main",
            Capacity = chance.Next(6, 30),
            Waves = chance.Next(4) == 0,
            Limits = Limits(chance),
            Retries = RetryPolicy.Default with { Retries = chance.Next(0, 3), LostAttempts = chance.Next(1, 6) },
            Seed = chance.Next(),
        };
        var count = chance.Next(60) == 0 ? chance.Next(200, 301) : chance.Next(3) == 0 ? chance.Next(1, 10) : chance.Next(10, 61);
        var workers = new List<Worker>();
        for (var i = 0; i < count; i++)
        {
            workers.Add(NewWorker(chance, $"t{i}", $"d{(long)i * domains / count}", workers));
        }

        return new(header, workers);
    }

    /// <summary>The plan as somebody edited it: workers gone, changed, new, or back again.</summary>
    public SimulatedPlan Amend(Random chance)
    {
        var edited = new List<Worker>();
        foreach (var domain in Header.Domains)
        {
            foreach (var w in workers.Where(w => w.Domain == domain.Id))
            {
                switch (chance.Next(8))
                {
                    case 0:
                        break;
                    case 1:
                        edited.Add(w with { Fingerprint = Print(chance) });
                        break;
                    default:
                        edited.Add(w);
                        break;
                }
            }

            for (var i = chance.Next(3); i > 0; i--)
            {
                var id = $"t{chance.Next(320)}"; // Often one that was there before, or was left out by an earlier edit.
                if (edited.TrueForAll(w => w.Id != id) && workers.TrueForAll(w => w.Id != id))
                {
                    edited.Add(NewWorker(chance, id, domain.Id, edited));
                }
            }
        }

        var ids = edited.Select(w => w.Id).ToHashSet();
        edited = edited.Count == 0 ? [.. workers] : [.. edited.Select(w => w with { After = [.. w.After.Where(ids.Contains)] })];
        return new(Header with { Capacity = chance.Next(6, 30), TasksFile = $"tasks-{chance.Next()}.jsonl" }, edited);
    }

    private static Worker NewWorker(Random chance, string id, string domain, List<Worker> before) => new(
        id,
        domain,
        (Tier)chance.Next(3),
        chance.Next(6) == 0 ? "other" : "main",
        Hash256.Parse(new string('a', 60) + id[1..].PadLeft(4, '0')), // Of the id alone, so that a task that comes back asks the same.
        chance.Next(2) == 0 ? null : TimeSpan.FromSeconds(chance.Next(1, 100)),
        before.Count > 0 && chance.Next(5) == 0
            ? [.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => before[chance.Next(before.Count)].Id).Distinct()]
            : []);

    private static Hash256 Print(Random chance)
    {
        Span<byte> bytes = stackalloc byte[32];
        chance.NextBytes(bytes);
        return Hash256.Of(bytes);
    }

    private static RunLimits Limits(Random chance)
    {
        var attempt = chance.Next(2) == 0 ? 1_000 : (long?)null;
        return new(
            Agents: chance.Next(4) == 0 ? chance.Next(1, 80) : null,
            Tokens: chance.Next(4) == 0 ? chance.Next(100, 20_000) * (attempt is null ? 50 : 1) : null, // Where the plan says nothing, much is set aside.
            Usd: chance.Next(6) == 0 ? chance.Next(1, 50) : null,
            Wall: chance.Next(8) == 0 ? TimeSpan.FromMinutes(chance.Next(1, 60)) : null,
            AttemptTokens: attempt,
            AttemptUsd: chance.Next(2) == 0 ? 1 : null);
    }

    private sealed record Worker(
        string Id, string Domain, Tier Tier, string Agent, Hash256 Fingerprint, TimeSpan? Estimate, string[] After);
}
