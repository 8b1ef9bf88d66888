using Muster.Reports;
using Muster.Runs;
using Muster.Synthesis;
using Muster.Tests.Runs;

namespace Muster.Tests.Reports;

/// <summary>One place sums up what a run took; every report shows that.</summary>
public sealed class CostReportTests
{
    private static readonly RunHeader Header = DrivenRun.Plain with
    {
        Domains = [new("sec", "Security"), new("perf", "Performance")],
        CoordinatorAgent = "inspect",
        Models = [new("claude", "haiku", "claude-haiku-5-5", 0.1m, 0.5m), new("gemini", "sonnet", "gpt-6.2-sol", 2, 10)],
    };

    [Fact]
    public void Cost_and_tokens_are_told_by_domain_tier_model_and_task()
    {
        var cost = CostReport.Of(Run().State)!;

        Assert.Equal(new(3, 700, 70, 0.75m, 1), cost.Total);
        Assert.Equal([("sec", 0.75m), ("perf", 0m)], cost.Domains.Select(l => (l.Name, l.Spending.KnownUsd)));
        Assert.Equal([("haiku", 2), ("sonnet", 1)], cost.Tiers.Select(l => (l.Name, l.Spending.Attempts)));
        Assert.Equal(["claude-haiku-5-5", "gpt-6.2-sol"], cost.Models.Select(l => l.Name));
        Assert.Equal(["s2", "s1", "p1"], cost.Steps.Select(l => l.Name));
    }

    [Fact]
    public void A_verified_findings_cost_counts_grounded_findings_of_verified_tasks()
    {
        var run = Run();
        Assert.Equal("700 tokens read and 70 written, at least 0.75 USD, 1 attempt of unknown cost; at least 0.25 USD for each of 3 verified findings as the tasks count them", CostReport.Of(run.State)!.ToString());

        run.Do(new RunCommand.RetrySteps("worker/s2"));

        Assert.Equal((1, 0.75m), (CostReport.Of(run.State)!.Findings, CostReport.Of(run.State)!.UsdPerFinding));
    }

    [Fact]
    public void Where_no_agent_costs_anything_nothing_is_told_of_cost()
    {
        var run = new DrivenRun(DrivenRun.Table(2, "inspect")).CompleteAll();

        Assert.Null(CostReport.Of(run.State));
        using var reported = new ReportRun("goal", "one-1");
        reported.Failed("one-1", "no");
        Assert.All(reported.WriteAll(reported.Build()), file => Assert.DoesNotContain("Cost", file.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_reports_show_the_cost_with_its_parts()
    {
        using var run = new ReportRun("goal", "one-1", "two-1");
        run.Verified("one-1", "- none");
        run.Verified("two-1", "- none");

        var files = run.WriteAll(run.Build()).ToDictionary(f => f.Name, f => f.Text);

        Assert.Contains("## Cost\n\n20 tokens read and 10 written, 1.00 USD.", files["report.md"], StringComparison.Ordinal);
        Assert.Contains("| one | 1 | 10 | 5 | 0.50 USD |", files["report.md"], StringComparison.Ordinal);
        Assert.Contains("<h2>Cost</h2>", files["report.html"], StringComparison.Ordinal);
        Assert.Contains("<tr><th scope=\"row\">two-1</th><td>1</td><td>10</td><td>5</td><td>0.50 USD</td></tr>", files["report.html"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(null, 1_000_000L)]
    public void How_a_limit_may_be_overshot_is_said_of_each_kind_of_agent(int? usd, long? tokens)
    {
        var said = Overshoot.Of(Run(new RunLimits(Usd: usd, Tokens: tokens)).State);

        Assert.Contains("gemini has no cap of its own and tells what an attempt took when it ends, so each of up to 1 at once", said, StringComparison.Ordinal);
        Assert.Contains("an attempt of claude is stopped at the answer that passes its share, so up to 2 at once", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_limit_there_is_nothing_to_overshoot() => Assert.Null(Overshoot.Of(Run().State));

    private static DrivenRun Run(RunLimits? limits = null)
    {
        var header = Header with { Limits = limits ?? new() };
        var tree = new SynthesisTree(header);
        tree.AddWorker("s1", "sec", Tier.Haiku, "claude", default, null, [], "haiku");
        tree.AddWorker("s2", "sec", Tier.Haiku, "claude", default, null, [], "haiku");
        tree.AddWorker("p1", "perf", Tier.Sonnet, "gemini", default, null, [], "sonnet");
        var run = new DrivenRun(tree.Build(), header);
        if (limits is not null)
        {
            return run;
        }

        run.Launch();
        Complete(run, "worker/s1", new(100, 10, 0.25m), new(0, 1, 0));
        Complete(run, "worker/s2", new(200, 20, 0.5m), new(1, 1, 0, Ungrounded: 5));
        Complete(run, "worker/p1", new(400, 40, null), new(0, 0, 0));
        return run;
    }

    private static void Complete(DrivenRun run, string step, Usage usage, FindingCounts findings) => run.Do(
        new RunCommand.CompleteAttempt(step, 1, 10, new string('0', 64), 5, "Done.", usage, null, findings));
}
