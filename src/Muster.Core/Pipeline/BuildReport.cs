using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>Where a build stands, as its reports, <c>status</c> and <c>show</c> tell it.</summary>
/// <param name="Modules">Each module of the blueprint with its standing, in build order; empty before there is a blueprint.</param>
/// <param name="Conflicts">Conflicts between finished branches that git foresees, by each module's latest round.</param>
/// <param name="Minor">Minor findings of QC in the latest rounds, which hold nobody up.</param>
/// <param name="Hardened">What the audit of the assembled tree came to; null before it ended.</param>
/// <param name="Landed">What shipping came to; null before.</param>
/// <param name="Remembered">Commit of the integration branch with what was brought in order after the approval, which is no part of what was shipped; null where there is none.</param>
/// <param name="Gaps">Steps that came to nothing and were not asked again, with the reason.</param>
public sealed record BuildReport(
    ImmutableArray<(string Name, ModuleStanding Standing)> Modules,
    ImmutableArray<string> Conflicts,
    int Minor,
    StepResult.Hardened? Hardened,
    StepResult.Landed? Landed,
    string? Remembered,
    ImmutableArray<(string Key, string Reason)> Gaps)
{
    /// <summary>Modules that are built and have passed, of all that were planned.</summary>
    public string ModuleCensus =>
        $"{Modules.Length:N0} modules planned, {Modules.Count(m => m.Standing.Round > 0):N0} begun, {Modules.Count(m => m.Standing.Commit is not null):N0} passed, {Modules.Count(m => m.Standing.IsLeftOut):N0} left out";

    /// <summary>The report of a build as it stands.</summary>
    public static BuildReport Of(RunState run)
    {
        var modules = BuildWorkflow.ModulesOf(run);
        var conflicts = ImmutableArray.CreateBuilder<string>();
        var gaps = ImmutableArray.CreateBuilder<(string, string)>();
        var minor = 0;
        StepResult.Hardened? hardened = null;
        StepResult.Landed? landed = null;
        string? remembered = null;
        foreach (var step in BuildWorkflow.GapsOf(run))
        {
            gaps.Add((run.Table[step].Key, run.ReasonOf(step) ?? "it failed"));
        }

        for (var step = 0; step < run.Table.Count; step++)
        {
            switch (run.ResultOf(step) is { } json ? StepResult.Parse(json) : null)
            {
                case StepResult.Probed or StepResult.Examined when modules.TryGetValue(run.AskOf(step)!.Module!, out var standing) && standing.Round > run.AskOf(step)!.Round:
                    break; // What was found then was mended since.
                case StepResult.Probed probed:
                    conflicts.AddRange(probed.Conflicts);
                    break;
                case StepResult.Examined examined:
                    minor += examined.Minor;
                    break;
                case StepResult.Hardened h:
                    hardened = h;
                    break;
                case StepResult.Moved moved when run.Table[step].Role is Role.Curator && moved.Commit != landed?.Commit:
                    remembered = moved.Commit;
                    break;
                case StepResult.Landed l:
                    landed = l;
                    break;
            }
        }

        return new([.. modules.Select(m => (m.Key, m.Value))], conflicts.ToImmutable(), minor, hardened, landed, remembered, gaps.ToImmutable());
    }
}
