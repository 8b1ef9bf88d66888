using System.Collections.Immutable;
using System.Text;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Reports;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster;

/// <summary>Writes what a run leaves for people and for the parent: summary.md and the reports.</summary>
public static class RunOutcomeFiles
{
    /// <summary>Builds the report from the published files and writes everything, each file whole or not at all.</summary>
    /// <param name="run">The run, finished or not.</param>
    /// <param name="directory">Where it lives.</param>
    /// <param name="tasks">The task of a worker, by index.</param>
    /// <param name="baseline">Known findings; null when there is no baseline.</param>
    /// <param name="remarks">Sentences that must be told.</param>
    /// <returns>The report; its <see cref="RunReport.ParentTokens"/> are those of summary.md.</returns>
    public static RunReport Write(
        RunState run, RunDirectory directory, Func<int, TaskSpec> tasks, Baseline? baseline, ImmutableArray<string> remarks)
    {
        var report = RunReportBuilder.Build(
            run, directory, new() { Tasks = tasks, Baseline = baseline, MayHaveFindings = step => run[step].HasBullets, Remarks = remarks }, CancellationToken.None);
        var summary = ParentContext.Write(run, report.Outcome, $"Findings: {report.Counts}.", report.Remarks, [.. report.Domains.Select(d => d.Findings.ToString())]);
        Publisher.Write(directory.Summary, Encoding.UTF8.GetBytes(summary));
        report = report with { ParentTokens = TokenCount.Of(summary) };
        ReportFiles.Write(report, run, directory);
        TaskDurations.Write(directory.Path, run);
        return report;
    }
}
