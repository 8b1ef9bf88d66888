using Muster.Models;
using Muster.Runs;

namespace Muster.Plans;

/// <summary>What a plan is checked against.</summary>
/// <param name="Agents">Names of the agents that this program has.</param>
/// <param name="Checks">Names of the checks that the agent <c>inspect</c> has.</param>
/// <param name="Root">Replaces the plan's own root; null keeps it. For plans of the catalog.</param>
/// <param name="Agent">Replaces every task's agent; null keeps them.</param>
public sealed record PlanSurroundings(
    IReadOnlyCollection<string> Agents, IReadOnlyCollection<string> Checks, string? Root = null, string? Agent = null)
{
    /// <summary>Which models tiers mean, and what they cost.</summary>
    public ModelTable Models { get; init; } = ModelTable.BuiltIn;

    /// <summary>Limits that stand over the plan's: the command line's.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>Limits where neither says: the person's settings.</summary>
    public RunLimits UsualLimits { get; init; } = new();

    /// <summary>Capacity units where the plan does not say.</summary>
    public int UsualCapacity { get; init; } = 24;
}
