using Muster.Plans;

namespace Muster.Cli;

/// <summary>How commands tell what a plan is expected to take.</summary>
internal static class EstimateWords
{
    /// <summary>Tokens and cost in a line; what is not known is said.</summary>
    public static string Of(PlanEstimate estimate)
    {
        var tokens = estimate.Tokens == 0 ? "no tokens" : $"{estimate.Tokens:N0} tokens";
        var known = estimate.Tokens == 0 ? "no cost" : $"{estimate.KnownUsd:0.00} USD at list prices (within a factor of three)";
        known += estimate.Batched > 0 ? $", {RunWords.Count(estimate.Batched, "step")} in batches at their price" : string.Empty;
        var unknown = new List<string>();
        if (!estimate.UnpricedModels.IsEmpty)
        {
            unknown.Add($"no price is known for {string.Join(", ", estimate.UnpricedModels.Take(5).Select(m => $"'{m}'"))}");
        }

        if (estimate.Commands > 0)
        {
            unknown.Add($"what the programs of {RunWords.Count(estimate.Commands, "task")} cost is not known");
        }

        return unknown.Count == 0 ? $"{tokens}, {known}"
            : $"{tokens}, {(estimate.KnownUsd > 0 ? $"at least {known}" : "cost not known")}: {string.Join("; ", unknown)}";
    }
}
