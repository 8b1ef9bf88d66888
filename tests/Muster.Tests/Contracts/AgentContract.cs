using System.Collections.Concurrent;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Tests.Contracts;

/// <summary>What every agent promises. Each implementation derives from it.</summary>
public abstract class AgentContract : IDisposable
{
    protected TempDirectory Home { get; } = new();

    protected abstract IAgent Agent { get; }

    /// <summary>A task that the agent can do, and one that takes it long.</summary>
    protected abstract TaskSpec Spec(bool isLong);

    [Fact]
    public async Task The_only_finished_report_is_the_last_and_the_file_counts()
    {
        var task = Task("t1", isLong: false);

        var reports = await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Single(reports.OfType<AgentReport.Finished>());
        Assert.Null(Assert.IsType<AgentReport.Finished>(reports[^1]).Failure);
        Assert.IsType<Verdict.Verified>(VerdictOn(task, reports));
    }

    [Fact]
    public async Task Only_an_agent_that_works_in_memory_does_without_its_directory()
    {
        var task = Task("t1", isLong: false);
        if (Agent.WorksInMemory)
        {
            Directory.Delete(task.Directory, recursive: true);
        }

        var reports = await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.IsType<Verdict.Verified>(VerdictOn(task, reports));
        Assert.Equal(Agent.WorksInMemory, !File.Exists(task.OutputPath));
    }

    [Fact]
    public async Task An_attempt_writes_in_its_own_directory_alone()
    {
        var before = Directory.GetFiles(Home.Path, "*", SearchOption.AllDirectories).Length;
        var task = Task("t1", isLong: false);

        await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var outside = Directory.GetFiles(Home.Path, "*", SearchOption.AllDirectories).Count(file =>
            !file.StartsWith(task.Directory, StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith("keeper", StringComparison.Ordinal));
        Assert.Equal(before, outside);
    }

    [Fact]
    public async Task Cancelled_before_it_begins_it_ends_as_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Agent.RunAsync(Task("t1", isLong: true), stop.Token).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_attempts_at_once_do_not_disturb_one_another()
    {
        var tasks = Enumerable.Range(0, 20).Select(i => Task($"many-{i}", isLong: false)).ToList();

        var verdicts = new ConcurrentBag<Verdict>();
        await Parallel.ForEachAsync(tasks, TestContext.Current.CancellationToken, async (task, token) => verdicts.Add(VerdictOn(task, await Agent.RunAsync(task, token).ToListAsync(token))));

        Assert.Equal(tasks.Count, verdicts.Count);
        Assert.All(verdicts, verdict => Assert.IsType<Verdict.Verified>(verdict));
    }

    public void Dispose()
    {
        (Agent as IDisposable)?.Dispose();
        Clean();
        Home.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the agent is asked; one that reads it overrides this.</summary>
    protected virtual string Prompt(string outputPath, bool isLong) => "Do it.";

    protected virtual void Clean()
    {
    }

    protected AgentTask Task(string id, bool isLong)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Home.Path, "run", "attempts", id, "1")).FullName;
        var root = Directory.CreateDirectory(Path.Combine(Home.Path, "tree")).FullName;
        var prompt = Prompt(Path.Combine(directory, "output.md"), isLong);
        File.WriteAllText(Path.Combine(directory, "prompt.md"), prompt);
        return new()
        {
            RunId = "20260101-000000-00000000",
            Step = $"worker/{id}",
            TaskId = id,
            Attempt = 1,
            Role = Role.Worker,
            Spec = Spec(isLong) with { Id = id },
            Tier = Tier.Haiku,
            Model = "haiku",
            Root = root,
            Directory = directory,
            Prompt = prompt,
            Timeout = TimeSpan.FromMinutes(1),
        };
    }

    private static Verdict VerdictOn(AgentTask task, List<AgentReport> reports) => ((AgentReport.Finished)reports[^1]).Output is { } output
        ? Verifier.Judge(output, new())
        : Verifier.Verify(task.Directory, new());

    protected static TaskSpec Plain(string agent) => new()
    {
        Id = "t1",
        Domain = "d",
        Name = "Try it",
        Task = "Do it.",
        Model = "haiku",
        Tier = Tier.Haiku,
        Agent = agent,
    };
}
