using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;

namespace Muster.Cli;

/// <summary>Loads plans for commands and tells what is wrong with them.</summary>
internal static class PlanPrinter
{
    public static PlanSurroundings Surroundings(string? agent = null, string? root = null) =>
        new(BuiltInAgents.Names, [.. BuiltInAgents.Checks.Select(c => c.Id)], root, agent);

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
