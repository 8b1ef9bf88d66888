using System.Text;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>report.md: the census, the domains, every finding with its place, the gaps.</summary>
public static class MarkdownReport
{
    /// <summary>The text of report.md. Whatever agents wrote shows as text.</summary>
    public static string Render(RunReport report)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(MarkdownText.Cell(report.Goal)).Append("\n\n");
        text.Append("**").Append(report.Outcome).Append(":** ").Append(report.Census).Append(".\n\n");
        Head(text, report);
        Domains(text, report);
        Cost(text, report.Cost);
        Findings(text, report);
        Lines(text, "Gaps", report.Gaps, "gaps.md lists all of them.");
        Lines(text, "Files that are not what was sealed", report.Broken, "Their findings are missing here.");
        Apart(text, "Ungrounded", "The engine did not find their evidence. They do not count.", report.Ungrounded, f => f.Evidence.WhyNot);
        Apart(text, "Suppressed", "Known and accepted. They do not count.", report.Suppressed, ReportWords.WhySuppressed);
        Lines(text, "Notes of workers", report.Notes, "The workers' files have the rest.");
        return text.ToString();
    }

    private static void Head(StringBuilder text, RunReport report)
    {
        foreach (var (name, value) in ReportWords.Facts(report))
        {
            text.Append("- ").Append(name).Append(": ").Append(MarkdownText.Cell(value)).Append('\n');
        }

        foreach (var remark in report.Remarks)
        {
            text.Append("- Note: ").Append(MarkdownText.Line(remark)).Append('\n');
        }

        text.Append('\n');
    }

    private static void Domains(StringBuilder text, RunReport report)
    {
        text.Append("## Domains\n\n| Domain | Planned | Launched | Verified | Failed | Skipped | Critical | Major | Minor | Ungrounded | Suppressed |\n")
            .Append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        foreach (var domain in report.Domains)
        {
            Row(text, MarkdownText.Cell(domain.Title), domain.Census, domain.Findings);
        }

        Row(text, "**All**", report.Census, report.Counts);
        text.Append('\n');
    }

    private static void Cost(StringBuilder text, CostReport? cost)
    {
        if (cost is null)
        {
            return;
        }

        text.Append("## Cost\n\n").Append(MarkdownText.Line(cost.ToString())).Append(".\n\n");
        if (cost.Overshoot is { } overshoot)
        {
            text.Append("Note: ").Append(MarkdownText.Line(overshoot)).Append("\n\n");
        }

        foreach (var (title, lines) in ReportWords.CostParts(cost))
        {
            text.Append("| ").Append(title).Append(" | Attempts | Tokens read | Tokens written | Cost |\n|---|--:|--:|--:|--:|\n");
            foreach (var (name, spending) in lines)
            {
                text.Append("| ").AppendJoin(
                    " | ", MarkdownText.Cell(name), $"{spending.Attempts:N0}", $"{spending.InputTokens:N0}", $"{spending.OutputTokens:N0}", spending).Append(" |\n");
            }

            text.Append('\n');
        }
    }

    private static void Row(StringBuilder text, string title, Census census, FindingCounts counts) =>
        text.Append("| ").AppendJoin(
            " | ", title, $"{census.Planned:N0}", $"{census.Launched:N0}", $"{census.Verified:N0}", $"{census.Failed:N0}", $"{census.Skipped:N0}",
            $"{counts.Critical:N0}", $"{counts.Major:N0}", $"{counts.Minor:N0}", $"{counts.Ungrounded:N0}", $"{counts.Suppressed:N0}").Append(" |\n");

    private static void Findings(StringBuilder text, RunReport report)
    {
        text.Append("## Findings\n\n");
        if (report.Findings.Count == 0)
        {
            text.Append(ReportWords.NoFindings(report)).Append("\n\n");
        }

        foreach (var severity in ReportWords.WorstFirst)
        {
            var listed = report.Findings.Listed.Where(f => f.Finding.Severity == severity).ToList();
            if (listed.Count > 0)
            {
                text.Append("### ").Append(severity).Append(": ").Append($"{ReportWords.CountOf(report.Counts, severity):N0}").Append("\n\n");
                listed.ForEach(f => Bullet(text, f, null));
                text.Append('\n');
            }
        }

        Rest(text, report.Findings.Unlisted, "The workers' files have them.");
    }

    private static void Apart(
        StringBuilder text, string title, string meaning, CappedList<ReportedFinding> findings, Func<ReportedFinding, string?> why)
    {
        if (findings.Count == 0)
        {
            return;
        }

        text.Append("## ").Append(title).Append($": {findings.Count:N0}\n\n").Append(meaning).Append("\n\n");
        foreach (var finding in findings.Listed)
        {
            Bullet(text, finding, why(finding));
        }

        text.Append('\n');
        Rest(text, findings.Unlisted, "The workers' files have them.");
    }

    private static void Bullet(StringBuilder text, ReportedFinding reported, string? why)
    {
        var finding = reported.Finding;
        text.Append("- **").Append(ReportWords.Of(finding.Severity)).Append("** ").Append(MarkdownText.Code(finding.Location)).Append(": ")
            .Append(MarkdownText.Line(finding.Message));
        if (finding.Rule is { } rule)
        {
            text.Append(" (").Append(MarkdownText.Code(rule)).Append(')');
        }

        text.Append(" · ").Append(ReportWords.Tasks(reported));
        foreach (var remark in (string?[])[why, reported.Evidence.Remark])
        {
            text.Append(remark is null ? string.Empty : "\n  - Why: " + MarkdownText.Line(remark));
        }

        text.Append('\n');
    }

    private static void Lines(StringBuilder text, string title, CappedList<ReportedLine> lines, string rest)
    {
        if (lines.Count == 0)
        {
            return;
        }

        text.Append("## ").Append(title).Append($": {lines.Count:N0}\n\n");
        foreach (var line in lines.Listed)
        {
            text.Append("- ").Append(MarkdownText.Code(line.TaskId)).Append(": ").Append(MarkdownText.Line(line.Text)).Append('\n');
        }

        text.Append('\n');
        Rest(text, lines.Unlisted, rest);
    }

    private static void Rest(StringBuilder text, int unlisted, string where) =>
        text.Append(unlisted > 0 ? $"And {unlisted:N0} more. {where}\n\n" : string.Empty);
}
