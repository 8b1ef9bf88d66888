using Muster.Agents;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Tests.Contracts;

/// <summary>What every agent promises that can write more than its file.</summary>
public abstract class WorkspaceContract : AgentContract
{
    /// <summary>A task that writes the file made.txt where the agent works, and then its own.</summary>
    protected abstract TaskSpec BuilderSpec { get; }

    [Fact]
    public async Task An_agent_with_a_workspace_works_there()
    {
        var task = Builder() with { Workspace = Directory.CreateDirectory(Path.Combine(Home.Path, "module")).FullName };

        var finished = await FinishAsync(task);

        Assert.Null(finished.Failure);
        Assert.Equal("made", (await File.ReadAllTextAsync(Path.Combine(task.Workspace, "made.txt"), TestContext.Current.CancellationToken)).TrimEnd());
        Assert.False(File.Exists(Path.Combine(task.Root, "made.txt")));
        Assert.True(File.Exists(task.OutputPath));
    }

    protected AgentTask Builder()
    {
        var task = Task("auth", isLong: false);
        var prompt = BuilderPrompt(task.OutputPath);
        File.WriteAllText(Path.Combine(task.Directory, "prompt.md"), prompt);
        return task with { Step = "build/auth/1", Role = Role.Builder, Spec = BuilderSpec with { Id = "auth" }, Prompt = prompt };
    }

    protected virtual string BuilderPrompt(string outputPath) => "Build it.";

    protected async Task<AgentReport.Finished> FinishAsync(AgentTask task) =>
        Assert.IsType<AgentReport.Finished>((await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken))[^1]);
}
