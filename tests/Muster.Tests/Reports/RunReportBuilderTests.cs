using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Tests.Reports;

public sealed class RunReportBuilderTests
{
    [Fact]
    public void A_finding_of_several_workers_counts_once_and_names_them_all()
    {
        using var run = new ReportRun("goal", "one-1", "two-1");
        run.Source("a.cs", "x\ny\n");
        run.Verified("one-1", "- [major] a.cs:1: first words (some-rule)");
        run.Verified("two-1", "- [critical] ./a.cs:1: other words (some-rule)\n- [minor] a.cs:2: first words (some-rule)");

        var report = run.Build();

        Assert.Equal(new FindingCounts(1, 0, 1), report.Counts);
        Assert.Equal(["one-1", "two-1"], report.Findings.Listed[0].TaskIds);
        Assert.Equal(Severity.Critical, report.Findings.Listed[0].Finding.Severity);
        Assert.Equal(new FindingCounts(1, 0, 0), report.Domains[0].Findings);
        Assert.Equal(new FindingCounts(0, 0, 1), report.Domains[1].Findings);
        Assert.Equal("Complete", report.Outcome);
    }

    [Fact]
    public void Ungrounded_and_suppressed_findings_stand_apart_and_do_not_count()
    {
        using var run = new ReportRun("goal", "one-1");
        run.Source("a.py", "eval(x) # muster:ignore no-eval because tested\ny\n");
        run.Verified("one-1", "- [critical] gone.py:1: m\n- [critical] a.py:1: m (no-eval)\n- [minor] a.py:2: m\n- only a note");

        var report = run.Build();

        Assert.Equal(new FindingCounts(0, 0, 1, 1, 1), report.Counts);
        Assert.Equal("gone.py", Assert.Single(report.Ungrounded.Listed).Finding.Path);
        Assert.Equal(FindingStanding.Suppressed, Assert.Single(report.Suppressed.Listed).Standing);
        Assert.Equal("only a note", Assert.Single(report.Notes.Listed).Text);
    }

    [Fact]
    public void Known_findings_of_a_baseline_do_not_count_also_after_lines_moved()
    {
        using var run = new ReportRun("goal", "one-1", "one-2");
        run.Source("a.py", "eval(x)\neval(x)\n");
        run.Verified("one-1", "- [major] a.py:1: m (no-eval)\n- [major] a.py:2: m (no-eval)");
        var file = Path.Combine(run.Files.Path, "baseline.json");
        Baseline.Write(file, BaselineEntries.Of(run.Build()));

        run.Source("a.py", "import os\n\neval(x)\neval(x)\neval(x)\n");
        using var later = new ReportRun("goal", "one-1");
        later.Source("a.py", "import os\n\neval(x)\neval(x)\neval(x)\n");
        later.Verified("one-1", "- [major] a.py:3: m (no-eval)\n- [major] a.py:4: m (no-eval)\n- [major] a.py:5: m (no-eval)");
        var report = later.Build(Baseline.Load(file));

        Assert.Equal(new FindingCounts(0, 1, 0, 0, 2), report.Counts);
        Assert.Equal(5, Assert.Single(report.Findings.Listed).Finding.Line);
        Assert.All(report.Suppressed.Listed, f => Assert.Equal(FindingStanding.Baselined, f.Standing));
    }

    [Fact]
    public void A_file_that_fails_its_seal_is_told_and_its_findings_are_not_used__fault_33()
    {
        using var run = new ReportRun("goal", "one-1", "one-2");
        run.Verified("one-1", "- [minor] .: m");
        run.Verified("one-2", "- [minor] .: n");
        File.AppendAllText(run.Files.Published(Role.Worker, "one-1"), "- [critical] .: planted\n");
        File.Delete(run.Files.Published(Role.Worker, "one-2"));

        var report = run.Build();

        Assert.Equal(["one-1", "one-2"], report.Broken.Listed.Select(b => b.TaskId));
        Assert.Equal((RunStatus.CompleteWithGaps, "Complete with gaps"), (report.Status, report.Outcome));
        Assert.Equal(0, report.Counts.Total);
        Assert.All(run.WriteAll(report).Take(3), file => Assert.Contains("one-1", file.Text, StringComparison.Ordinal));
        Assert.Contains("0 of 2 tasks", MarkdownReport.Render(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_evidence_is_found_now_and_that_is_said()
    {
        using var run = new ReportRun("goal", "one-1");
        run.Source("a.cs", "x\n");
        run.Verified("one-1", "- [minor] a.cs:1: m\n- [minor] b.cs:1: m", withEvidence: false);

        var report = run.Build();

        Assert.Equal(new FindingCounts(0, 0, 1, 1), report.Counts);
        Assert.Contains(report.Remarks, r => r.Contains("checked when this report was written", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_so_many_findings_are_listed_but_all_are_counted()
    {
        using var run = new ReportRun("goal", "one-1");
        run.Source("a.cs", new('\n', 100));
        run.Verified("one-1", string.Join('\n', Enumerable.Range(1, 100).Select(i => $"- [{(i == 90 ? "critical" : "minor")}] a.cs:{i}: m")));

        var report = run.Build(mostFindings: 10);

        Assert.Equal(new FindingCounts(1, 0, 99), report.Counts);
        Assert.Equal(10, report.Findings.Listed.Length);
        Assert.Equal(90, report.Findings.Unlisted);
        Assert.Equal(90, report.Findings.Listed[0].Finding.Line);
        Assert.Contains("And 90 more", MarkdownReport.Render(report), StringComparison.Ordinal);
        Assert.Contains("And 90 more", HtmlReport.Render(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_and_the_census_stand_in_every_report()
    {
        using var run = new ReportRun("goal", "one-1", "one-2", "one-3");
        run.Verified("one-1", "- none");
        run.Failed("one-2", "it timed out twice");

        var report = run.Build(remarks: ["The tree has moved."]);
        var files = run.WriteAll(report);

        Assert.Equal("Not finished", report.Outcome);
        Assert.All(files, f => Assert.Contains("it timed out twice", f.Text, StringComparison.Ordinal));
        Assert.All(files, f => Assert.Contains("one-3", f.Text, StringComparison.Ordinal));
        Assert.All(files.Where(f => f.Name != "report.sarif"), f => Assert.Contains("3 planned, 2 launched, 1 verified, 1 failed, 0 skipped", f.Text, StringComparison.Ordinal));
        Assert.Contains("\"planned\": 3", files[2].Text, StringComparison.Ordinal);
        Assert.Contains("The tree has moved", files[0].Text, StringComparison.Ordinal);
        Assert.Contains("None in the 1 of 3 tasks", files[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_read_as_words()
    {
        Assert.Equal("2 critical, 1,009 minor, 1 ungrounded", new FindingCounts(2, 0, 1_009, 1).ToString());
        Assert.Equal("no findings", default(FindingCounts).ToString());
        Assert.Equal(new FindingCounts(1, 2, 3, 4, 5), new FindingCounts(1, 1, 1, 1, 1).Plus(new(0, 1, 2, 3, 4)));
    }
}
