using System.Text.Json;
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

    /// <summary>The properties of an estimate, for programs.</summary>
    public static void Write(Utf8JsonWriter json, PlanEstimate estimate)
    {
        json.WriteNumber("workers", estimate.Workers);
        json.WriteNumber("coordinators", estimate.Coordinators);
        json.WriteNumber("waves", estimate.Waves);
        json.WriteNumber("tokens", estimate.Tokens);
        RunJson.Optional(json, "usd", estimate.Usd);

        json.WriteNumber("usdKnown", estimate.KnownUsd);
        json.WriteStartArray("unpricedModels");
        estimate.UnpricedModels.ToList().ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteNumber("commands", estimate.Commands);
        json.WriteNumber("batched", estimate.Batched);
        json.WriteStartArray("domains");
        foreach (var (id, workers, levels) in estimate.Domains)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteNumber("workers", workers);
            json.WriteStartArray("coordinators");
            levels.ToList().ForEach(json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("parentTokens", estimate.ParentTokens);
        json.WriteNumber("flatTokens", estimate.FlatTokens);
    }

    /// <summary>The property <c>problems</c> of a plan.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<PlanProblem> problems)
    {
        json.WriteStartArray("problems");
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("severity", RunJson.Kebab(problem.Severity.ToString()));
            json.WriteString("file", problem.File);
            json.WriteNumber("line", problem.Line);
            json.WriteNumber("column", problem.Column);
            json.WriteString("message", problem.Message);
            json.WriteString("nextStep", problem.NextStep);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
