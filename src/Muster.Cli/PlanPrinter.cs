using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Loads plans for commands, with what the user has set, and tells what is wrong with them.</summary>
internal static class PlanPrinter
{
    /// <summary>What a plan is checked against.</summary>
    /// <param name="agent">The agent for all tasks; null keeps the plan's.</param>
    /// <param name="root">The tree for a plan of the catalog; null keeps the plan's.</param>
    /// <param name="limits">What the command line says; null for nothing.</param>
    public static PlanSurroundings Surroundings(string? agent = null, string? root = null, RunLimits? limits = null) =>
        new(BuiltInAgents.Names, [.. BuiltInAgents.Checks.Select(c => c.Id)], root, agent)
        {
            Models = Machine.Settings.Models,
            Limits = limits ?? new(),
            UsualLimits = Machine.Settings.Limits,
            UsualCapacity = Machine.Settings.Capacity ?? 24,
        };

    /// <summary>Reads a plan's file.</summary>
    public static Task<PlanResult> LoadAsync(string file, string? agent, RunLimits limits, CancellationToken cancellationToken) =>
        PlanFile.LoadAsync(file, Surroundings(agent, limits: limits), cancellationToken);

    /// <summary>The plan; warnings and notes go to stderr.</summary>
    /// <exception cref="PlanException">It has errors.</exception>
    public static Plan Accept(PlanResult result, bool isQuiet)
    {
        var plan = result.OrThrow();
        foreach (var problem in isQuiet ? [] : result.Problems)
        {
            Console.Error.WriteLine(DisplayText.Clean(problem.ToString()));
        }

        return plan;
    }
}
