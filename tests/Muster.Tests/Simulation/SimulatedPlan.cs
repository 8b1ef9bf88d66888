using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Simulation;

/// <summary>A random plan: 1 to 60 workers in 1 to 5 domains, dependencies, tiers, limits, waves or rolling.</summary>
internal static class SimulatedPlan
{
    public static (RunHeader Header, Func<StepTable> Table) Make(Random chance)
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
        var workers = chance.Next(3) == 0 ? chance.Next(1, 10) : chance.Next(10, 61);
        var specs = Enumerable.Range(0, workers).Select(i => (
            Id: $"t{i}",
            Domain: $"d{(long)i * domains / workers}",
            Tier: (Tier)chance.Next(3),
            Estimate: chance.Next(2) == 0 ? (TimeSpan?)null : TimeSpan.FromSeconds(chance.Next(1, 100)),
            After: i > 0 && chance.Next(5) == 0 ? new[] { $"t{chance.Next(i)}" } : [])).ToList();
        return (header, () =>
        {
            var tree = new SynthesisTree(header);
            foreach (var s in specs)
            {
                tree.AddWorker(s.Id, s.Domain, s.Tier, "main", Hash256.Parse(new string('a', 60) + s.Id.PadLeft(4, '0').Replace('t', '0')), s.Estimate, [.. s.After]);
            }

            return tree.Build();
        });
    }

    private static RunLimits Limits(Random chance) => new(
        Agents: chance.Next(4) == 0 ? chance.Next(1, 80) : null,
        Tokens: chance.Next(4) == 0 ? chance.Next(100, 20_000) : null,
        Usd: chance.Next(6) == 0 ? chance.Next(1, 50) : null,
        AttemptTokens: chance.Next(2) == 0 ? 1_000 : null,
        AttemptUsd: chance.Next(2) == 0 ? 1 : null);
}
