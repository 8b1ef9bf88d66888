namespace Muster.Plans;

/// <summary>What a plan is checked against.</summary>
/// <param name="Agents">Names of the agents that this program has.</param>
/// <param name="Checks">Names of the checks that the agent <c>inspect</c> has.</param>
/// <param name="Root">Replaces the plan's own root; null keeps it. For plans of the catalog.</param>
/// <param name="Agent">Replaces every task's agent; null keeps them.</param>
public sealed record PlanSurroundings(
    IReadOnlyCollection<string> Agents, IReadOnlyCollection<string> Checks, string? Root = null, string? Agent = null);
