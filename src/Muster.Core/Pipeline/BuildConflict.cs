using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>A builder's conflict with a contract, and what became of it.</summary>
/// <param name="Module">Whose builder.</param>
/// <param name="Round">In which of its rounds.</param>
/// <param name="Says">What it says, a line; an agent's words.</param>
/// <param name="Proposal">What the judge proposes; an agent's words. Null before it has judged.</param>
/// <param name="Flexes">Whether that is to change contracts.</param>
/// <param name="Standing">What the person said; null before they are asked.</param>
public sealed record BuildConflict(string Module, int Round, string Says, string? Proposal, bool Flexes, GateStanding? Standing)
{
    /// <summary>All of a build, in the order in which they came up.</summary>
    public static IReadOnlyList<BuildConflict> Of(RunState run)
    {
        var conflicts = new List<BuildConflict>();
        for (var step = 0; step < run.Table.Count; step++)
        {
            if (run.Table[step].Role is Role.Builder && run.ResultOf(step) is { } json && StepResult.Parse(json) is StepResult.Built { Conflict: { } says }
                && run.AskOf(step) is { Module: { } module, Round: var round })
            {
                var judged = run.Table.IndexOf($"judge/{module}/{round}") is >= 0 and var judge && run.ResultOf(judge) is { } found ? StepResult.Parse(found) as StepResult.Proposed : null;
                conflicts.Add(new(module, round, says, judged?.Says, judged?.Flexes is true, run.GateOf($"conflict/{module}/{round}")?.Standing));
            }
        }

        return conflicts;
    }
}
