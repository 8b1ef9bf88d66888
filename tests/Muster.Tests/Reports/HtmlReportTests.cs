using System.Collections.Immutable;
using AngleSharp.Html.Parser;
using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Tests.Reports;

/// <summary>A report that a person opens: with few findings plain, with many still a survey.</summary>
public sealed class HtmlReportTests
{
    [Fact]
    public void Five_hundred_findings_fold_by_rule_and_none_is_lost()
    {
        var html = new HtmlParser().ParseDocument(HtmlReport.Render(Report([.. Findings("no-eval", 480), .. Findings("weak-hash", 8), .. Findings(null, 12)])));

        var rules = html.QuerySelectorAll("details.rule");
        Assert.Equal(["no-eval 480", "weak-hash 8", "In an agent's own words 12"], rules.Select(r => r.QuerySelector("summary")!.TextContent));
        Assert.Equal([false, true, false], rules.Select(r => r.HasAttribute("open")));
        Assert.Equal(500, html.QuerySelectorAll("ul.findings > li").Length);
    }

    [Fact]
    public void A_few_findings_stand_as_they_are() =>
        Assert.Empty(new HtmlParser().ParseDocument(HtmlReport.Render(Report(Findings("no-eval", 50)))).QuerySelectorAll("details.rule"));

    private static ImmutableArray<ReportedFinding> Findings(string? rule, int count) =>
    [
        .. Enumerable.Range(1, count).Select(i => new ReportedFinding(
            new(Severity.Major, $"src/{rule}.cs", i, null, "Something is wrong; mend it", rule), new(true, null, null, new('0', 16)),
            FindingStanding.Counted, $"{rule}{i}", 0, ["sec-1"], 1)),
    ];

    private static RunReport Report(ImmutableArray<ReportedFinding> findings) => new()
    {
        RunId = "20260102-030405-0a1b2c3d",
        Goal = "Look",
        Status = RunStatus.Complete,
        Outcome = "Complete",
        Counts = new(0, findings.Length, 0),
        Findings = new(findings, findings.Length),
        Ungrounded = new([], 0),
        Suppressed = new([], 0),
        Notes = new([], 0),
        Gaps = new([], 0),
        Broken = new([], 0),
    };
}
