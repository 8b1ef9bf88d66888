using System.Collections.Immutable;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Shows what a run took: a few lines for people, an object for programs.</summary>
internal static class CostView
{
    private const int MostParts = 6;

    public static void Print(TextWriter text, RunState run)
    {
        if (CostReport.Of(run) is not { } cost)
        {
            text.WriteLine($"{run.Attempts:N0} attempts, no tokens, no cost");
            return;
        }

        text.WriteLine($"{run.Attempts:N0} attempts, {cost}");
        foreach (var (title, lines) in (ReadOnlySpan<(string, ImmutableArray<CostLine>)>)[(run.Header.Build is null ? "domain" : "stage", cost.Domains), ("tier", cost.Tiers), ("model", cost.Models), ("task", cost.Steps)])
        {
            var more = title == "task" ? cost.StepCount - Math.Min(MostParts, lines.Length) : lines.Length - MostParts;
            text.WriteLine($"  by {title}: {string.Join("; ", lines.Take(MostParts).Select(l => $"{ReportText.Line(l.Name, 60)} {l.Spending}"))}{(more > 0 ? $"; {more:N0} more" : string.Empty)}");
        }
    }

    /// <summary>The property <c>cost</c>; null where nothing took tokens or cost anything.</summary>
    public static void Write(Utf8JsonWriter json, CostReport? cost)
    {
        if (cost is null)
        {
            json.WriteNull("cost");
            return;
        }

        json.WriteStartObject("cost");
        Amounts(json, cost.Total);
        json.WriteNumber("findings", cost.Findings);
        RunJson.Optional(json, "usdPerFinding", cost.UsdPerFinding);
        Lines(json, "domains", cost.Domains);
        Lines(json, "tiers", cost.Tiers);
        Lines(json, "models", cost.Models);
        Lines(json, "tasks", cost.Steps);
        json.WriteNumber("taskCount", cost.StepCount);
        json.WriteString("overshoot", cost.Overshoot);
        json.WriteEndObject();
    }

    private static void Lines(Utf8JsonWriter json, string name, ImmutableArray<CostLine> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("name", ReportText.Line(line.Name));
            Amounts(json, line.Spending);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Amounts(Utf8JsonWriter json, Spending spending)
    {
        json.WriteNumber("attempts", spending.Attempts);
        json.WriteNumber("inputTokens", spending.InputTokens);
        json.WriteNumber("outputTokens", spending.OutputTokens);
        RunJson.Optional(json, "usd", spending.Usd);
        json.WriteNumber("usdKnown", spending.KnownUsd);
        json.WriteNumber("unknownAttempts", spending.Unknown);
    }
}
