using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>The words that all reports share.</summary>
internal static class ReportWords
{
    /// <summary>The severities, worst first.</summary>
    public static ImmutableArray<Severity> WorstFirst { get; } = [Severity.Critical, Severity.Major, Severity.Minor];

    /// <summary>A severity as workers write it.</summary>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Major => "major",
        _ => "minor",
    };

    /// <summary>The count of one severity.</summary>
    public static int CountOf(FindingCounts counts, Severity severity) => severity switch
    {
        Severity.Critical => counts.Critical,
        Severity.Major => counts.Major,
        _ => counts.Minor,
    };

    /// <summary>The tasks that made a finding.</summary>
    public static string Tasks(ReportedFinding finding) =>
        string.Join(", ", finding.TaskIds)
        + (finding.TaskCount > finding.TaskIds.Length ? $" and {finding.TaskCount - finding.TaskIds.Length:N0} more" : string.Empty);

    /// <summary>Why a finding is kept out of counts.</summary>
    public static string WhySuppressed(ReportedFinding finding) =>
        finding.Evidence.SuppressedBecause is { } because ? $"a comment in the source says: {because}" : "it is in the baseline";

    /// <summary>What to say where nothing was found: never "all" when workers are missing.</summary>
    public static string NoFindings(RunReport report) => report.Census.Verified < report.Census.Planned || report.Broken.Count > 0
        ? $"None in the {report.Census.Verified - report.Broken.Count:N0} of {report.Census.Planned:N0} tasks whose files count."
        : "None.";

    /// <summary>What the head of a report tells, in order; values are untrusted.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(RunReport report)
    {
        yield return ("Run", report.RunId);
        yield return ("Findings", report.Counts.ToString());
        if (report.Coordinators.Planned > 0)
        {
            yield return ("Syntheses", $"{report.Coordinators.Verified:N0} of {report.Coordinators.Planned:N0} written");
        }

        yield return ("Planned", $"{report.PlannedAt:yyyy-MM-dd HH:mm:ss} UTC, last event {report.LastAt:yyyy-MM-dd HH:mm:ss} UTC, {Duration(report.Wall)} with an engine running");
        if (report.Tree is { } tree)
        {
            yield return ("Tree", tree);
        }

        yield return ("Agents", string.Join(", ", report.Agents));
        yield return ("Spent", $"{report.Attempts:N0} attempts, {report.Cost?.ToString() ?? "no tokens, no cost"}");
        yield return ("Parent context", (report.ParentTokens is { } tokens ? $"{tokens:N0} tokens" : "not written yet") + $" (flat: {report.FlatTokens:N0})");
    }

    /// <summary>The parts by which a report tells the cost.</summary>
    public static IEnumerable<(string Title, ImmutableArray<CostLine> Lines)> CostParts(CostReport cost)
    {
        yield return ("Domain", cost.Domains);
        yield return ("Tier", cost.Tiers);
        yield return ("Model", cost.Models);
        yield return (cost.StepCount > cost.Steps.Length ? $"Dearest {cost.Steps.Length:N0} of {cost.StepCount:N0} tasks" : "Task", cost.Steps);
    }

    private static string Duration(TimeSpan time) =>
        time.TotalSeconds < 60 ? $"{time.TotalSeconds:0.0} s" : $"{(long)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}";
}
