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
                var judged = JudgeOf(run, module, round) is { } judge && run.ResultOf(run.Table.IndexOf(judge)) is { } found ? StepResult.Parse(found) as StepResult.Proposed : null;
                conflicts.Add(new(module, round, says, judged?.Says, judged?.Flexes is true, run.GateOf($"conflict/{module}/{round}")?.Standing));
            }
        }

        return conflicts;
    }

    /// <summary>Key of the step in which a judge looks at a conflict; again where the contracts have changed since. No module has a dot in its name.</summary>
    internal static string JudgeKey(string module, int round, int look) => look == 1 ? $"judge/{module}/{round}" : $"judge/{module}/{round}.{look}";

    /// <summary>How often a judge was asked about a conflict.</summary>
    internal static int LooksOf(RunState run, string module, int round)
    {
        var looks = 0;
        while (run.Table.IndexOf(JudgeKey(module, round, looks + 1)) >= 0)
        {
            looks++;
        }

        return looks;
    }

    /// <summary>Key of the last of these steps; null where there is none yet.</summary>
    internal static string? JudgeOf(RunState run, string module, int round) => LooksOf(run, module, round) is > 0 and var look ? JudgeKey(module, round, look) : null;
}
