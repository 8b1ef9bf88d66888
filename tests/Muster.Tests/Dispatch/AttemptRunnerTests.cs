using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Muster.Agents;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Dispatch;

/// <summary>One attempt from its order to what the run is told.</summary>
public sealed class AttemptRunnerTests : IDisposable
{
    private readonly TempDirectory home = new();
    private readonly FakeTimeProvider time = new();
    private readonly List<RunCommand> told = [];
    private readonly RunHeader header;
    private readonly RunDirectory directory;
    private readonly StepTable table;

    public AttemptRunnerTests()
    {
        header = new()
        {
            RunId = "20260101-000000-00000000",
            Goal = "Test",
            Root = home.Path,
            PlanName = "plan.yaml",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            CoordinatorAgent = "scripted",
            Domains = [new("d", "Domain")],
        };
        directory = RunDirectory.Create(home.Path, header.RunId);
        var tree = new SynthesisTree(header);
        for (var i = 0; i < 10; i++)
        {
            tree.AddWorker($"t{i}", "d", Tier.Haiku, "scripted", default, null, []);
        }

        table = tree.Build();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => home.Dispose();

    /// <summary>Faults 34 and 51: what an agent was paid for is not thrown away because the disk fails just then.</summary>
    [Fact]
    public async Task Work_that_the_disk_cannot_take_up_is_taken_up_later_and_not_done_again()
    {
        var agent = new Counting();
        using var runner = Runner(agent);
        Directory.Delete(directory.In("workers"));
        await File.WriteAllTextAsync(directory.In("workers"), "a file in the directory's place", Token);

        var running = runner.RunAsync(Order(0), NoInputs, Tell, Token);
        var stall = Assert.IsType<RunCommand.StallAttempt>(told[^1]);
        Assert.StartsWith("t0 is done, but its file cannot be taken up: ", stall.Reason, StringComparison.Ordinal);
        File.Delete(directory.In("workers"));
        time.Advance(stall.RetryAfter);
        await running;

        var complete = Assert.IsType<RunCommand.CompleteAttempt>(told[^1]);
        Assert.Equal(new Usage(7, 5, 0.5m), complete.Usage);
        Assert.Equal(complete.Length, new FileInfo(directory.Published(Role.Worker, "t0")).Length);
        Assert.Equal(1, agent.Runs);
    }

    [Fact]
    public async Task The_run_is_told_that_the_agent_ended_and_what_it_used_before_its_file_is_judged()
    {
        using var runner = Runner(new Counting());

        await runner.RunAsync(Order(0), NoInputs, Tell, Token);

        Assert.Equal(new RunCommand.EndAttempt("worker/t0", 1, new(7, 5, 0.5m)), told[0]);
        Assert.IsType<RunCommand.CompleteAttempt>(told[1]);
    }

    [Fact]
    public async Task An_attempt_never_takes_up_what_lies_in_its_directory_already()
    {
        var stale = Directory.CreateDirectory(directory.Attempt(Role.Worker, "t0", 1)).FullName;
        await File.WriteAllTextAsync(Path.Combine(stale, "output.md"), "# Old\n\n## Findings\n\n- none\n\n<!-- DONE -->\n", Token);
        using var runner = Runner(new Counting { WritesNothing = true });

        await runner.RunAsync(Order(0), NoInputs, Tell, Token);

        Assert.Equal("no output file was written", Assert.IsType<RunCommand.FailAttempt>(told[^1]).Reason);
        Assert.StartsWith("# Old", await File.ReadAllTextAsync(Path.Combine(stale + ".old1", "output.md"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_handed_over_and_does_not_count_is_kept_in_the_attempts_directory()
    {
        using var runner = Runner(new Counting { Output = "# t\n\nnothing of use\n" });

        await runner.RunAsync(Order(0), NoInputs, Tell, Token);

        Assert.Contains("the last line is not", Assert.IsType<RunCommand.FailAttempt>(told[^1]).Reason, StringComparison.Ordinal);
        Assert.Equal("# t\n\nnothing of use\n", await File.ReadAllTextAsync(Path.Combine(directory.Attempt(Role.Worker, "t0", 1), "output.md"), Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("# Domain\n\n## Findings\n\n- none\n\n<!-- DONE -->\n")]
    public async Task A_synthesis_sent_back_for_its_summary_stands_when_the_next_attempt_does_worse(string? output)
    {
        var long_ = string.Concat(Enumerable.Repeat("One more sentence about it all. ", 200));
        using (var first = Runner(new Counting { Says = long_, Output = output }))
        {
            await first.RunAsync(Order(table.Count - 1), NoInputs, Tell, Token);
        }

        Assert.Contains("it must stay under 300", Assert.IsType<RunCommand.FailAttempt>(told[^1]).Reason, StringComparison.Ordinal);
        using var second = Runner(new Counting { WritesNothing = true });
        await second.RunAsync(Order(table.Count - 1) with { Attempt = 2 }, NoInputs, Tell, Token);

        var complete = Assert.IsType<RunCommand.CompleteAttempt>(told[^1]);
        Assert.Contains("since this one did not count: no output file was written", complete.Warning, StringComparison.Ordinal);
        Assert.InRange(SummaryText.CountWords(complete.Summary), 100, SummaryText.MaxWords);
    }

    /// <summary>Fault 6: what a stopped agent had told stays told.</summary>
    [Fact]
    public async Task An_attempt_that_is_stopped_keeps_what_its_agent_told_of_its_use()
    {
        using var stop = new CancellationTokenSource();
        using var runner = Runner(new Unending(new(7, 5, 0.5m), stop), UsingModels);

        await runner.RunAsync(Order(0), NoInputs, Tell, stop.Token);

        Assert.Equal(new Usage(7, 5, 0.5m), Assert.IsType<RunCommand.DiscardAttempt>(told[^1]).Usage);
    }

    /// <summary>Fault 6: an agent that is stopped before it told has cost what was set aside for it, else nobody knows what.</summary>
    [Theory]
    [InlineData(0, null)]
    [InlineData(0.25, 0.25)]
    public async Task A_model_stopped_before_its_agent_told_is_never_counted_as_free(double reserved, double? cost)
    {
        using var stop = new CancellationTokenSource();
        using var runner = Runner(new Unending(null, stop), UsingModels);

        await runner.RunAsync(Order(0) with { Reserve = new(0, (decimal)reserved) }, NoInputs, Tell, stop.Token);

        Assert.Equal((decimal?)cost, Assert.IsType<RunCommand.DiscardAttempt>(told[^1]).Usage.Usd);
    }

    [Fact]
    public async Task A_model_whose_agent_ends_without_telling_has_an_unknown_cost()
    {
        using var runner = Runner(new Counting { TellsNothing = true }, UsingModels);

        await runner.RunAsync(Order(0), NoInputs, Tell, Token);

        Assert.Equal(new Usage(0, 0, null), Assert.IsType<RunCommand.CompleteAttempt>(told[^1]).Usage);
    }

    [Fact]
    public async Task A_request_that_was_refused_cost_nothing()
    {
        using var runner = Runner(new Counting { TellsNothing = true, WritesNothing = true, Failure = new(FailureClass.Permanent, "401") }, UsingModels);

        await runner.RunAsync(Order(0), NoInputs, Tell, Token);

        Assert.Equal(Usage.None, Assert.IsType<RunCommand.FailAttempt>(told[^1]).Usage);
    }

    [Fact]
    public async Task An_agent_is_given_the_model_that_its_tier_was_settled_to_mean()
    {
        var agent = new Counting();
        using var runner = Runner(agent, UsingModels with { Limits = new(AttemptUsd: 0.75m) });

        await runner.RunAsync(Order(0), NoInputs, Tell, Token);

        Assert.Equal(("small-one", 0.75m), (agent.Asked!.Model, agent.Asked.MostUsd));
    }

    private RunHeader UsingModels => header with { Models = [new("scripted", "haiku", "small-one", 1, 5)] };

    private static AttemptInputs NoInputs => new([], [], 0, 0);

    private static AttemptOrder Order(int step) => new(step, 1, Recover: false, null, MaySendBack: true);

    private ValueTask Tell(RunCommand command)
    {
        told.Add(command);
        return ValueTask.CompletedTask;
    }

    private AttemptRunner Runner(IAgent agent, RunHeader? other = null) => new(
        table, other ?? header, directory, new PlanWork(table, other ?? header, directory, step => new()
        {
            Id = table[step].Id,
            Domain = "d",
            Name = table[step].Id,
            Task = "Do it",
            Model = "haiku",
            Tier = Tier.Haiku,
            Agent = "scripted",
        }, new()),
        new Dictionary<string, IAgent>(StringComparer.Ordinal) { ["scripted"] = agent }, new(), time);

    /// <summary>Counts how often it is asked to work.</summary>
    private sealed class Counting : IAgent
    {
        public int Runs { get; private set; }

        public bool WritesNothing { get; init; }

        public bool TellsNothing { get; init; }

        public AgentFailure? Failure { get; init; }

        public AgentTask? Asked { get; private set; }

        public string Says { get; init; } = "Done.";

        /// <summary>What it hands over; null: it writes its file.</summary>
        public string? Output { get; init; }

        public string Name => "scripted";

        public bool WorksInMemory => Output is not null;

        public async IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            (Runs, Asked) = (Runs + 1, task);
            if (!WritesNothing && !WorksInMemory)
            {
                ScriptedOutput.Write(task, new());
            }

            if (!TellsNothing)
            {
                yield return new AgentReport.Used(new(7, 5, 0.5m));
            }

            yield return new AgentReport.Finished(Says, Failure) { Output = Output };
        }
    }

    /// <summary>Tells what it used, or nothing, has itself stopped, and ends only then.</summary>
    private sealed class Unending(Usage? used, CancellationTokenSource stop) : IAgent
    {
        public string Name => "scripted";

        public async IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return used is { } told ? new AgentReport.Used(told) : new AgentReport.Progress(null);
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
