using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>What a run took in tokens and USD, by domain, tier, model and task. The one place that sums it up.</summary>
public sealed record CostReport
{
    private const int MostTasks = 20;

    /// <summary>All attempts together.</summary>
    public required Spending Total { get; init; }

    /// <summary>By domain, in the plan's order; domains that an amended plan dropped come last.</summary>
    public required ImmutableArray<CostLine> Domains { get; init; }

    /// <summary>By tier; a build's audit, whose tiers its own report has, is one line.</summary>
    public required ImmutableArray<CostLine> Tiers { get; init; }

    /// <summary>By model, the dearest first; for agents without models, "no model (AGENT)".</summary>
    public required ImmutableArray<CostLine> Models { get; init; }

    /// <summary>The tasks and syntheses that took most, at most 20.</summary>
    public required ImmutableArray<CostLine> Steps { get; init; }

    /// <summary>Tasks and syntheses that took anything.</summary>
    public required int StepCount { get; init; }

    /// <summary>Findings with evidence in the verified files of tasks whose agent uses a model; one that two tasks made counts twice.</summary>
    public required int Findings { get; init; }

    /// <summary>How the limits may be overshot, a sentence; null where they cannot be, or there are none.</summary>
    public string? Overshoot { get; init; }

    /// <summary>USD that one of these findings cost, syntheses included; a lower bound where a part is unknown. Null: there is no finding, or no cost is known.</summary>
    public decimal? UsdPerFinding => Findings == 0 || Total is { KnownUsd: 0, Unknown: > 0 } ? null : Total.KnownUsd / Findings;

    /// <summary>The report of a run as it stands; null where nothing took tokens or cost anything.</summary>
    public static CostReport? Of(RunState run)
    {
        var total = run.Spending;
        return total.IsNothing ? null : new()
        {
            Total = total,
            Domains = Sum(run, key => key.Domain).OrderBy(l => run.Table.Domains.IndexOf(l.Name) is >= 0 and var at ? at : int.MaxValue).ToImmutableArray(),
            Tiers = [.. Sum(run, key => key.Agent == BuildHeader.EngineAgent ? Engine(key) : key.Tier.ToString().ToLowerInvariant())],
            Models = [.. Dearest(Sum(run, ModelOf))],
            Steps = [.. Dearest(run.SpendingBySteps.Select(s => new CostLine(s.Key.Id, s.Value))).Take(MostTasks)],
            StepCount = run.SpendingBySteps.Count,
            Findings = run.PaidFindings,
            Overshoot = Reports.Overshoot.Of(run),
        };
    }

    /// <summary>The whole in a line: tokens, cost, and what a finding cost.</summary>
    public override string ToString() => $"{Total.InputTokens:N0} tokens read and {Total.OutputTokens:N0} written, {Total}" + (UsdPerFinding is { } each
        ? $"; {(Total.Unknown > 0 ? "at least " : string.Empty)}{Spending.Shown(each)} USD for each of {Findings:N0} verified {(Findings == 1 ? "finding" : "findings")} as the tasks count them"
        : string.Empty);

    private static string ModelOf(SpendingKey key) => key.Agent == BuildHeader.EngineAgent ? Engine(key)
        : BatchedAgent.Is(key.Agent) ? $"{key.Model} in batches"
        : RunModel.IsUsedBy(key.Agent) ? key.Model
        : $"no model ({key.Agent})";

    /// <summary>A build's own steps use no model; one of them stands for an audit, a run of its own with tiers and models of its own.</summary>
    private static string Engine(SpendingKey key) => key.Domain == "harden" ? "the audit's (see harden/)" : "none (engine)";

    private static IEnumerable<CostLine> Sum(RunState run, Func<SpendingKey, string> name) => run.SpendingByKind
        .GroupBy(entry => name(entry.Key), StringComparer.Ordinal)
        .OrderBy(group => group.Min(entry => entry.Key.Tier))
        .Select(group => new CostLine(group.Key, group.Aggregate(default(Spending), (sum, entry) => sum.Plus(entry.Value))));

    private static IEnumerable<CostLine> Dearest(IEnumerable<CostLine> lines) => lines
        .OrderByDescending(l => l.Spending.KnownUsd).ThenByDescending(l => l.Spending.Tokens).ThenBy(l => l.Name, StringComparer.Ordinal);
}
