using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Cli;

/// <summary>Loads plans for commands, with what the user has set, and tells what is wrong with them.</summary>
internal static class PlanPrinter
{
    /// <summary>What a plan is checked against.</summary>
    /// <param name="agent">The agent for all tasks; null keeps the plan's.</param>
    /// <param name="root">The tree for a plan of the catalog; null keeps the plan's.</param>
    /// <param name="limits">What the command line says.</param>
    /// <param name="settings">The user's, with what the tree adds.</param>
    public static PlanSurroundings Surroundings(string? agent, string? root, RunLimits limits, UserSettings settings) =>
        new(BuiltInAgents.Names, [.. BuiltInAgents.Checks.Select(c => c.Id)], root, agent)
        {
            Models = settings.Models,
            Limits = limits,
            UsualLimits = settings.Limits,
            UsualCapacity = settings.Capacity ?? 24,
        };

    /// <summary>Reads a plan's file; a second time where an approved muster.yaml of its tree says which models its tiers mean.</summary>
    public static async Task<PlanResult> LoadAsync(string file, string? agent, RunLimits limits, CancellationToken cancellationToken)
    {
        var result = await PlanFile.LoadAsync(file, Surroundings(agent, root: null, limits, Machine.Settings), cancellationToken);
        return result.Plan is { } plan && Machine.SettingsFor(plan.Root) is var settings && settings != Machine.Settings
            ? await PlanFile.LoadAsync(file, Surroundings(agent, root: null, limits, settings), cancellationToken)
            : result;
    }

    /// <summary>Reads a plan of the catalog for a tree.</summary>
    public static Task<PlanResult> FromCatalogAsync(string name, string root, string? agent, RunLimits limits, CancellationToken cancellationToken) =>
        PlanFile.ParseAsync(Catalog.TextOf(name), name, root, Surroundings(agent, root, limits, Machine.SettingsFor(root)), cancellationToken);

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
