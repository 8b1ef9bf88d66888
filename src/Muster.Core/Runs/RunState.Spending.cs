namespace Muster.Runs;

/// <content>What the run has spent, and on what.</content>
public sealed partial class RunState
{
    private readonly Dictionary<SpendingKey, Spending> spending = [];
    private readonly Dictionary<(Role Role, string Id), Spending> spendingOfSteps = [];
    private readonly Dictionary<string, int> paidFindings = new(StringComparer.Ordinal);

    /// <summary>What settled attempts took, by what they have in common. Small, however many steps there are.</summary>
    public IReadOnlyDictionary<SpendingKey, Spending> SpendingByKind => spending;

    /// <summary>What each step took that took anything; steps that an amended plan dropped among them.</summary>
    public IReadOnlyDictionary<(Role Role, string Id), Spending> SpendingBySteps => spendingOfSteps;

    /// <summary>All that settled attempts took.</summary>
    public Spending Spending => spending.Values.Aggregate(default(Spending), (sum, one) => sum.Plus(one));

    /// <summary>Findings with evidence in verified files of tasks whose agent uses a model.</summary>
    public int PaidFindings => paidFindings.Sum(found => Table.IndexOf("worker/" + found.Key) is >= 0 and var step && steps[step].Status is StepStatus.Verified ? found.Value : 0);

    /// <summary>The model of a step, as it was settled; null for an agent that uses none.</summary>
    public RunModel? ModelOf(int step) => Header.ModelOf(Table.Agents[Table[step].Agent], Table.Models[Table[step].Model]);

    /// <summary>What an attempt of this step sets aside.</summary>
    public AttemptReserve ReserveOf(int step)
    {
        ref readonly var row = ref Table[step];
        return AttemptReserve.Of(Limits, Table.Agents[row.Agent], row.Role, row.Tier, ModelOf(step));
    }

    /// <summary>What an attempt counts with whose agent never told: what was set aside for it, at an unknown cost where a model was used and none was.</summary>
    internal Usage UsageOfUntold(int step, LiveAttempt? attempt) => attempt?.Used ?? new(
        attempt?.ReservedTokens ?? 0, 0, attempt?.ReservedUsd ?? (ModelOf(step) is null ? 0 : null));

    private void CountFindings(int step, FindingCounts? findings)
    {
        if (ModelOf(step) is not null && Table[step].Role is Role.Worker)
        {
            paidFindings[Table[step].Id] = findings?.Total ?? 0;
        }
    }

    private void Count(int step, Usage usage)
    {
        ref readonly var row = ref Table[step];
        var agent = Table.Agents[row.Agent];
        var key = new SpendingKey(Table.Domains[row.Domain], agent, ModelOf(step)?.Model ?? Table.Models[row.Model], row.Tier, row.Role);
        spending[key] = spending.GetValueOrDefault(key).Plus(usage);
        if (usage != Usage.None)
        {
            spendingOfSteps[(row.Role, row.Id)] = spendingOfSteps.GetValueOrDefault((row.Role, row.Id)).Plus(usage);
        }
    }
}
