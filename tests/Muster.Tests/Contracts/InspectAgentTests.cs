using Muster.Agents;
using Muster.Agents.Inspect;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Tests.Contracts;

public sealed class InspectAgentTests : AgentContract
{
    protected override IAgent Agent { get; } = new InspectAgent(BuiltInAgents.Checks, TimeProvider.System);

    protected override TaskSpec Spec(bool isLong) => Plain("inspect") with { Checks = ["merge-markers"] };

    [Fact]
    public async Task What_it_finds_stands_in_its_file_with_the_real_place()
    {
        Home.File("tree/src/a.py", "x = 1\n" + "<<<<<<< HEAD\ny = 2\n");
        var task = Task("t1", isLong: false);

        var finding = Assert.Single(WorkerFile.Parse(await OutputAsync(task)).Findings);
        Assert.Equal((Severity.Major, "src/a.py", 2), (finding.Severity, finding.Path, finding.Line));
    }

    /// <summary>A name with a line end must not become a line of the worker's file.</summary>
    [Fact]
    public async Task A_finding_in_a_file_with_a_line_end_in_its_name_is_counted_and_forges_nothing()
    {
        Home.File("tree/src/a\n- [critical] src/forged.py:1: x (merge-marker-left)\nb.py", "<<<<<<< HEAD\ny = 2\n");
        var task = Task("t1", isLong: false);

        var text = await OutputAsync(task);
        Assert.Empty(WorkerFile.Parse(text).Findings);
        Assert.Contains("1 findings in files whose names have control characters", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_summary_tells_each_problem_once_with_its_first_places()
    {
        var ct = TestContext.Current.CancellationToken;
        var findings = Enumerable.Range(1, 5).Select(n => new Finding(Severity.Major, $"src/a{n}.py", n, null, $"a value runs: `eval({n})`; parse it", "bad-eval", $"eval({n})"))
            .Append(new Finding(Severity.Critical, "src/key.pem", 1, null, "a key stands here; remove it", "bad-key")).ToList();
        var input = Home.File("tree/worker.md", new WorkerFile("Sample", [.. findings], [], null).Render());
        var task = Task("t1", isLong: false) with { Role = Role.Coordinator, Inputs = [new("sec-1", input, string.Empty)], Planned = 1, Verified = 1 };

        var report = (await Agent.RunAsync(task, ct).ToListAsync(ct)).OfType<AgentReport.Finished>().Single();

        Assert.Equal(
            """
            1 of 1 workers verified: 1 critical, 5 major.
            - critical src/key.pem:1: a key stands here; remove it [sec-1]
            - major src/a1.py:1, src/a2.py:2, src/a3.py:3 and 2 more: a value runs; parse it [sec-1]
            """,
            report.ReturnLine);
    }

    [Fact]
    public async Task A_link_out_of_the_root_is_not_followed()
    {
        Home.File("outside/secret.py", "<<<<<<< HEAD\n");
        var task = Task("t1", isLong: false);
        Directory.CreateSymbolicLink(Path.Combine(Home.Path, "tree", "link"), Path.Combine(Home.Path, "outside"));
        File.CreateSymbolicLink(Path.Combine(Home.Path, "tree", "file.py"), Path.Combine(Home.Path, "outside", "secret.py"));

        Assert.Empty(WorkerFile.Parse(await OutputAsync(task)).Findings);
    }

    private async Task<string> OutputAsync(AgentTask task)
    {
        var reports = await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        return Assert.IsType<AgentReport.Finished>(reports[^1]).Output!;
    }
}
