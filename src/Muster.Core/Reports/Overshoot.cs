using Muster.Models;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>Says by how much a run may take more than its limits, since some agents tell late what they took.</summary>
public static class Overshoot
{
    /// <summary>A sentence for people; null where nothing is limited, or no agent uses a model.</summary>
    public static string? Of(RunState run)
    {
        if (run.Limits is { Usd: null, Tokens: null })
        {
            return null;
        }

        var agents = run.Header.Models.Select(m => m.Agent).Distinct().Where(run.Table.Agents.Contains).ToList();
        var late = agents.Where(TellsAtItsEnd).ToList();
        var parts = new List<string>();
        if (late.Count > 0)
        {
            var one = late.Count == 1;
            parts.Add($"{string.Join(", ", late)} {(one ? "has" : "have")} no cap of {(one ? "its" : "their")} own and {(one ? "tells" : "tell")} what an attempt took when it ends, "
                + $"so each of up to {AtOnce(run, late):N0} at once may take more than is set aside for it");
        }

        if (agents.Except(late).ToList() is { Count: > 0 } soon)
        {
            parts.Add($"an attempt of {string.Join(", ", soon)} is stopped at the answer that passes its share, so up to {AtOnce(run, soon):N0} at once may each take one answer more");
        }

        return parts.Count == 0 ? null : $"possible overshoot of the limit: {string.Join("; ", parts)}.";
    }

    private static bool TellsAtItsEnd(string agent) => ModelCatalog.BuiltIn.Agents.GetValueOrDefault(agent)?.TellsAtItsEnd is not false;

    /// <summary>The cheapest tier's attempts take the least capacity, so of them most are under way at once.</summary>
    private static int AtOnce(RunState run, List<string> agents)
    {
        var (units, steps) = (int.MaxValue, 0);
        for (var step = 0; step < run.Table.Count; step++)
        {
            if (agents.Contains(run.Table.Agents[run.Table[step].Agent]))
            {
                (units, steps) = (Math.Min(units, run.UnitsOf(step)), steps + 1);
            }
        }

        return Math.Max(1, Math.Min(steps, units == 0 ? BatchedAgent.MostAtOnce : run.Header.Capacity / units));
    }
}
