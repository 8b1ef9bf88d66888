using Muster.Runs;

namespace Muster.Reports;

/// <summary>What a part of a run took.</summary>
/// <param name="Name">The domain, tier, model or task; agents' and users' words, to be cleaned where they are shown.</param>
/// <param name="Spending">What it took.</param>
public readonly record struct CostLine(string Name, Spending Spending);
