using Muster.Runs;

namespace Muster.Reports;

/// <summary>gaps.md: every task and synthesis that is not verified, with the reason. Written line by line, however many there are.</summary>
public static class GapsReport
{
    /// <summary>Writes the text of gaps.md.</summary>
    public static void Write(RunState run, TextWriter text)
    {
        var count = 0;
        for (var step = 0; step < run.Table.Count; step++)
        {
            count += RunReportBuilder.GapReason(run, step) is null ? 0 : 1;
        }

        text.Write($"# Gaps: {count:N0}\n\n{run.Census}.\n");
        text.Write(run.Coordinators.Planned > 0
            ? $"Syntheses: {run.Coordinators.Verified:N0} of {run.Coordinators.Planned:N0} written.\n\n" : "\n");
        text.Write(count == 0 ? "None.\n" : string.Empty);
        for (var step = 0; step < run.Table.Count; step++)
        {
            if (RunReportBuilder.GapReason(run, step) is { } reason)
            {
                text.Write($"- {MarkdownText.Code(RunReportBuilder.GapId(run, step))}: {MarkdownText.Line(reason)}\n");
            }
        }
    }
}
