using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Prints what a person reads of a run.</summary>
internal static class RunView
{
    private const int MostOfRule = 2;
    private const int MostFindings = 8;
    private const int MostGaps = 20;
    private const int WidestMessage = 90;
    private const int NarrowestMessage = 24;

    /// <summary>The severity's column, the spaces between columns, and the mark of a cut.</summary>
    private const int ColumnGaps = 24;

    public static string Head(RunState run)
    {
        var agents = run.Header.Build is { } build ? [.. build.Agents.Where(agent => agent != BuildHeader.EngineAgent)] : run.Table.Agents;
        var what = run.Header.Build is { } its ? $"a build upon {ReportText.Line(its.BaseBranch)}"
            : $"{RunWords.Count(run.Census.Planned, "worker")}, {RunWords.Count(run.Table.Domains.Length, "domain")}";
        return $"run {run.Header.RunId}   {what}, agent {string.Join(", ", agents)}{Cost(agents)}";
    }

    private static string Cost(ImmutableArray<string> agents) =>
        agents.All(a => a is "inspect" or "scripted") ? " (no cost)"
        : agents.All(a => a is "inspect" or "scripted" or "command") ? " (what programs cost is not counted)"
        : string.Empty;

    public static void Print(RunState run, RunDirectory directory, RunReport report, int exit, TimeSpan took, bool json)
    {
        if (json)
        {
            RunJson.Write(Console.Out, run, directory, report, exit);
            return;
        }

        var text = Console.Out;
        text.WriteLine();
        Domains(text, run, report);
        text.WriteLine();
        text.WriteLine($"{report.Outcome}: {report.Census}, in {RunWords.Of(took)}");
        if (run.Pause is { } pause)
        {
            text.WriteLine($"  {pause.Kind.ToString().ToLowerInvariant()}: {ReportText.Line(pause.Reason, 300)}");
        }

        Findings(text, report);
        Gaps(text, report);
        foreach (var remark in report.Remarks)
        {
            text.WriteLine(remark);
        }

        if (report.Cost is { } cost)
        {
            text.WriteLine($"cost: {cost}");
        }

        text.WriteLine($"report.html, report.sarif, summary.md in {directory.Path}");
        text.WriteLine($"parent context: {report.ParentTokens:N0} of {run.Limits.ParentTokens:N0} tokens (flat: {report.FlatTokens:N0})");
        text.WriteLine("next: " + Next(run, report));
    }

    public static void Domains(TextWriter text, RunState run, RunReport report)
    {
        var width = report.Domains.Length == 0 ? 0 : report.Domains.Max(d => d.Id.Length);
        for (var i = 0; i < report.Domains.Length; i++)
        {
            var (domain, census) = (report.Domains[i], report.Domains[i].Census);
            var counts = $"{Column(domain.Findings.Critical, "critical")}{Column(domain.Findings.Major, "major")}{Column(domain.Findings.Minor, "minor")}";
            var gap = FirstGap(run, i) is { } first ? "   gap: " + first : string.Empty;
            text.WriteLine($"  {domain.Id.PadRight(width)}   {$"{census.Verified:N0}/{census.Planned:N0}",7}{counts}{gap}".TrimEnd());
        }
    }

    private static void Findings(TextWriter text, RunReport report)
    {
        if (report.Findings.Count > 0)
        {
            text.WriteLine();
            var shown = Shown(report.Findings.Listed);
            var width = Math.Min(48, shown.Max(f => ReportText.Line(f.Finding.Location, 80).Length));
            var room = MessageLength(width + shown.Max(f => f.TaskIds[0].Length));
            foreach (var finding in shown)
            {
                var place = ReportText.Line(finding.Finding.Location, 80).PadRight(width);
                text.WriteLine($"  {finding.Finding.Severity.ToString().ToLowerInvariant(),-8}  {place}  {ReportText.Line(finding.Finding.Message, room)}  {finding.TaskIds[0]}");
            }

            if (report.Findings.Count > shown.Count)
            {
                text.WriteLine($"  … {report.Findings.Count - shown.Count:N0} more in the report");
            }
        }

        if (report.Ungrounded.Count > 0)
        {
            text.WriteLine($"  {report.Ungrounded.Count:N0} findings without evidence are shown apart and do not count");
        }

        if (report.Suppressed.Count > 0)
        {
            text.WriteLine($"  {report.Suppressed.Count:N0} known findings are suppressed");
        }

        text.WriteLine();
    }

    /// <summary>What a line of the terminal leaves for a message; elsewhere a line may be long.</summary>
    private static int MessageLength(int others) =>
        Console.IsOutputRedirected ? WidestMessage : Math.Clamp(Console.WindowWidth - others - ColumnGaps, NarrowestMessage, WidestMessage);

    /// <summary>The worst, but of one rule no more than two while others have something to say: eight lines alike show one problem.</summary>
    private static List<ReportedFinding> Shown(IReadOnlyList<ReportedFinding> listed)
    {
        var first = listed.GroupBy(f => (f.Finding.Severity, f.Finding.Rule ?? f.Fingerprint)).SelectMany(group => group.Take(MostOfRule)).ToHashSet();
        return [.. listed.OrderByDescending(f => f.Finding.Severity).ThenByDescending(first.Contains).Take(MostFindings).Order(Comparer<ReportedFinding>.Create(ReportedFinding.Compare))];
    }

    private static void Gaps(TextWriter text, RunReport report)
    {
        foreach (var broken in report.Broken.Listed.Take(MostGaps))
        {
            text.WriteLine($"  {broken.TaskId}: its findings are missing here: {ReportText.Line(broken.Text, 300)}");
        }

        if (report.Gaps.Count == 0)
        {
            return;
        }

        text.WriteLine($"Gaps: {report.Gaps.Count:N0}");
        foreach (var gap in report.Gaps.Listed.Take(MostGaps))
        {
            text.WriteLine($"  {gap.TaskId}: {ReportText.Line(gap.Text, 160)}");
        }

        text.WriteLine(report.Gaps.Count > MostGaps ? $"  … all {report.Gaps.Count:N0} in gaps.md\n" : string.Empty);
    }

    private static string Next(RunState run, RunReport report)
    {
        var id = run.Header.RunId;
        return run.Status switch
        {
            RunStatus.Cancelled or RunStatus.Running => $"muster resume {id}",
            RunStatus.AwaitingHuman when run.Pause is { Kind: PauseKind.Decision } => $"muster resume {id}    muster resume {id} --decide KEY=rerun|skip",
            RunStatus.Paused or RunStatus.AwaitingHuman => $"muster show {id}    muster resume {id}",
            _ when report.Gaps.Count > 0 => $"muster show {report.Gaps.Listed[0].TaskId}    muster retry {id}",
            _ when report.Findings.Count > 0 => $"muster show {report.Findings.Listed[0].TaskIds[0]}",
            _ => $"muster show {id}",
        };
    }

    private static string? FirstGap(RunState run, int domain)
    {
        if (run.CensusOf(domain) is { Failed: 0, Skipped: 0 })
        {
            return null;
        }

        for (var i = 0; i < run.Table.WorkerCount; i++)
        {
            if (run.Table[i].Domain == domain && run[i].Status is StepStatus.Failed or StepStatus.Skipped)
            {
                return $"{run.Table[i].Id} {ReportText.Line(run.ReasonOf(i), 60)}";
            }
        }

        return null;
    }

    private static string Column(int count, string word) => count == 0 ? new string(' ', 5 + word.Length) : $"{count,4:N0} {word}";
}
