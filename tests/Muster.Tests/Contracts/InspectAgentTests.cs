using Muster.Agents;
using Muster.Agents.Inspect;
using Muster.Artefacts;
using Muster.Plans;

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

        await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var finding = Assert.Single(WorkerFile.Parse(await File.ReadAllTextAsync(task.OutputPath, TestContext.Current.CancellationToken)).Findings);
        Assert.Equal((Severity.Critical, "src/a.py", 2), (finding.Severity, finding.Path, finding.Line));
    }

    [Fact]
    public async Task A_link_out_of_the_root_is_not_followed()
    {
        Home.File("outside/secret.py", "<<<<<<< HEAD\n");
        var task = Task("t1", isLong: false);
        Directory.CreateSymbolicLink(Path.Combine(Home.Path, "tree", "link"), Path.Combine(Home.Path, "outside"));
        File.CreateSymbolicLink(Path.Combine(Home.Path, "tree", "file.py"), Path.Combine(Home.Path, "outside", "secret.py"));

        await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Empty(WorkerFile.Parse(await File.ReadAllTextAsync(task.OutputPath, TestContext.Current.CancellationToken)).Findings);
    }
}
