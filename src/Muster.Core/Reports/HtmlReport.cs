using System.Net;
using System.Text;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>report.html: one file without scripts, images or links to anywhere; every text in it is encoded.</summary>
public static class HtmlReport
{
    private const int MostUngrouped = 50;
    private const int MostOpen = 10;

    /// <summary>The text of report.html.</summary>
    public static string Render(RunReport report)
    {
        var text = new StringBuilder()
            .Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append("<title>").Append(Encode(report.Goal, 200)).Append("</title>\n<style>\n").Append(HtmlStyle.Css).Append("</style>\n</head>\n<body>\n<main>\n");
        Head(text, report);
        Domains(text, report);
        Cost(text, report.Cost);
        Findings(text, report);
        Lines(text, "Gaps", report.Gaps, "gaps.md lists all of them.");
        Lines(text, "Files that are not what was sealed", report.Broken, "Their findings are missing here.");
        Apart(text, "Ungrounded", "The engine did not find their evidence. They do not count.", report.Ungrounded, f => f.Evidence.WhyNot);
        Apart(text, "Suppressed", "Known and accepted. They do not count.", report.Suppressed, ReportWords.WhySuppressed);
        Lines(text, "Notes of workers", report.Notes, "The workers' files have the rest.");
        return text.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Head(StringBuilder text, RunReport report)
    {
        var mood = report.Status switch { RunStatus.Complete => "good", RunStatus.Failed => "bad", _ => "partly" };
        text.Append("<header>\n<h1>").Append(Encode(report.Goal)).Append("</h1>\n<p class=\"census ").Append(mood).Append("\"><strong>")
            .Append(Encode(report.Outcome)).Append("</strong> ").Append(Encode(report.Census.ToString())).Append("</p>\n<div class=\"tiles\">\n");
        foreach (var severity in ReportWords.WorstFirst)
        {
            text.Append("<div class=\"tile ").Append(ReportWords.Of(severity)).Append("\"><b>")
                .Append($"{ReportWords.CountOf(report.Counts, severity):N0}").Append("</b><span>").Append(ReportWords.Of(severity)).Append("</span></div>\n");
        }

        text.Append("</div>\n<dl>\n");
        foreach (var (name, value) in ReportWords.Facts(report))
        {
            text.Append("<dt>").Append(name).Append("</dt><dd>").Append(Encode(value)).Append("</dd>\n");
        }

        text.Append("</dl>\n");
        foreach (var remark in report.Remarks)
        {
            text.Append("<p class=\"remark\">").Append(Encode(remark)).Append("</p>\n");
        }

        text.Append("</header>\n");
    }

    private static void Domains(StringBuilder text, RunReport report)
    {
        text.Append("<section>\n<h2>Domains</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Domain</th>");
        foreach (var name in (ReadOnlySpan<string>)
            ["Planned", "Launched", "Verified", "Failed", "Skipped", "Critical", "Major", "Minor", "Ungrounded", "Suppressed"])
        {
            text.Append("<th scope=\"col\">").Append(name).Append("</th>");
        }

        text.Append("</tr></thead>\n<tbody>\n");
        foreach (var domain in report.Domains)
        {
            Row(text, domain.Title, domain.Census, domain.Findings);
        }

        text.Append("</tbody>\n<tfoot>\n");
        Row(text, "All", report.Census, report.Counts);
        text.Append("</tfoot>\n</table></div>\n</section>\n");
    }

    private static void Cost(StringBuilder text, CostReport? cost)
    {
        if (cost is null)
        {
            return;
        }

        text.Append("<section>\n<h2>Cost</h2>\n<p>").Append(Encode(cost.ToString())).Append(".</p>\n");
        text.Append(cost.Overshoot is { } overshoot ? $"<p class=\"remark\">{Encode(overshoot)}</p>\n" : string.Empty);
        foreach (var (title, lines) in ReportWords.CostParts(cost))
        {
            text.Append("<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">").Append(Encode(title))
                .Append("</th><th scope=\"col\">Attempts</th><th scope=\"col\">Tokens read</th><th scope=\"col\">Tokens written</th><th scope=\"col\">Cost</th></tr></thead>\n<tbody>\n");
            foreach (var (name, spending) in lines)
            {
                text.Append("<tr><th scope=\"row\">").Append(Encode(name)).Append("</th><td>").Append($"{spending.Attempts:N0}").Append("</td><td>")
                    .Append($"{spending.InputTokens:N0}").Append("</td><td>").Append($"{spending.OutputTokens:N0}").Append("</td><td>").Append(Encode(spending.ToString())).Append("</td></tr>\n");
            }

            text.Append("</tbody>\n</table></div>\n");
        }

        text.Append("</section>\n");
    }

    private static void Row(StringBuilder text, string title, Census census, FindingCounts counts)
    {
        text.Append("<tr><th scope=\"row\">").Append(Encode(title)).Append("</th>");
        foreach (var count in (ReadOnlySpan<int>)
            [census.Planned, census.Launched, census.Verified, census.Failed, census.Skipped,
             counts.Critical, counts.Major, counts.Minor, counts.Ungrounded, counts.Suppressed])
        {
            text.Append(count == 0 ? "<td class=\"zero\">" : "<td>").Append($"{count:N0}").Append("</td>");
        }

        text.Append("</tr>\n");
    }

    private static void Findings(StringBuilder text, RunReport report)
    {
        text.Append("<section>\n<h2>Findings</h2>\n");
        if (report.Findings.Count == 0)
        {
            text.Append("<p>").Append(Encode(ReportWords.NoFindings(report))).Append("</p>\n");
        }

        foreach (var severity in ReportWords.WorstFirst)
        {
            var listed = report.Findings.Listed.Where(f => f.Finding.Severity == severity).ToList();
            if (listed.Count > 0)
            {
                var open = severity is Severity.Minor ? string.Empty : " open";
                text.Append("<details").Append(open).Append("><summary>").Append(severity).Append(" <span class=\"count\">")
                    .Append($"{ReportWords.CountOf(report.Counts, severity):N0}").Append("</span></summary>\n");
                Items(text, listed);
                text.Append("</details>\n");
            }
        }

        Rest(text, report.Findings.Unlisted, "The workers' files have them.");
        text.Append("</section>\n");
    }

    /// <summary>Few stand as they are; of many, those of one rule fold together, the long rows shut, so that a person sees what kinds there are.</summary>
    private static void Items(StringBuilder text, List<ReportedFinding> findings)
    {
        if (findings.Count <= MostUngrouped)
        {
            text.Append("<ul class=\"findings\">\n");
            findings.ForEach(f => Item(text, f, null));
            text.Append("</ul>\n");
            return;
        }

        foreach (var rule in findings.GroupBy(f => f.Finding.Rule ?? string.Empty, StringComparer.Ordinal))
        {
            text.Append("<details class=\"rule\"").Append(rule.Count() <= MostOpen ? " open" : string.Empty).Append("><summary>")
                .Append(rule.Key.Length == 0 ? "In an agent's own words" : Encode(rule.Key, 200))
                .Append($" <span class=\"count\">{rule.Count():N0}</span></summary>\n<ul class=\"findings\">\n");
            foreach (var finding in rule)
            {
                Item(text, finding, null);
            }

            text.Append("</ul>\n</details>\n");
        }
    }

    private static void Apart(
        StringBuilder text, string title, string meaning, CappedList<ReportedFinding> findings, Func<ReportedFinding, string?> why)
    {
        if (findings.Count == 0)
        {
            return;
        }

        text.Append("<section>\n<details><summary>").Append(title).Append($" <span class=\"count\">{findings.Count:N0}</span></summary>\n<p>")
            .Append(meaning).Append("</p>\n<ul class=\"findings\">\n");
        foreach (var finding in findings.Listed)
        {
            Item(text, finding, why(finding));
        }

        text.Append("</ul>\n");
        Rest(text, findings.Unlisted, "The workers' files have them.");
        text.Append("</details>\n</section>\n");
    }

    private static void Item(StringBuilder text, ReportedFinding reported, string? why)
    {
        var finding = reported.Finding;
        text.Append("<li class=\"").Append(ReportWords.Of(finding.Severity)).Append("\"><code>").Append(Encode(finding.Location)).Append("</code><p>")
            .Append(Encode(finding.Message)).Append("</p><small>").Append(Encode(ReportWords.Of(finding.Severity)));
        if (finding.Rule is { } rule)
        {
            text.Append(" · ").Append(Encode(rule));
        }

        text.Append(" · ").Append(Encode(ReportWords.Tasks(reported)));
        foreach (var remark in (string?[])[why, reported.Evidence.Remark])
        {
            text.Append(remark is null ? string.Empty : " · " + Encode(remark));
        }

        text.Append("</small></li>\n");
    }

    private static void Lines(StringBuilder text, string title, CappedList<ReportedLine> lines, string rest)
    {
        if (lines.Count == 0)
        {
            return;
        }

        text.Append("<section>\n<details").Append(lines.Count <= 50 ? " open" : string.Empty).Append("><summary>").Append(title)
            .Append($" <span class=\"count\">{lines.Count:N0}</span></summary>\n<ul class=\"lines\">\n");
        foreach (var line in lines.Listed)
        {
            text.Append("<li><code>").Append(Encode(line.TaskId)).Append("</code> ").Append(Encode(line.Text)).Append("</li>\n");
        }

        text.Append("</ul>\n");
        Rest(text, lines.Unlisted, rest);
        text.Append("</details>\n</section>\n");
    }

    private static void Rest(StringBuilder text, int unlisted, string where) =>
        text.Append(unlisted > 0 ? $"<p>And {unlisted:N0} more. {Encode(where)}</p>\n" : string.Empty);

    private static string Encode(string? text, int length = ReportText.MaxLine) => WebUtility.HtmlEncode(ReportText.Line(text, length));
}
