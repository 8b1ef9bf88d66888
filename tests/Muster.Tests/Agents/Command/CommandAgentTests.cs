using Muster.Agents;
using Muster.Runs;

namespace Muster.Tests.Agents.Command;

/// <summary>The agent `command` with real processes under a real keeper.</summary>
public sealed class CommandAgentTests : IDisposable
{
    private readonly CommandRun run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public async Task A_command_gets_the_prompt_its_task_and_little_else()
    {
        Environment.SetEnvironmentVariable("SOME_API_KEY", "secret");
        var task = run.Shell("a", "cat; echo; echo $MUSTER_TASK $MUSTER_ATTEMPT $PWD; echo \"key=$SOME_API_KEY\" $MUSTER_OUTPUT");

        var finished = await run.FinishAsync(task);

        Assert.Null(finished.Failure);
        Assert.Equal("key= " + task.OutputPath, finished.ReturnLine);
        Assert.Equal(
            $"the prompt of a\na {task.RunId}/worker/a/1 {run.Path}\nkey= {task.OutputPath}\n",
            await File.ReadAllTextAsync(Path.Combine(task.Directory, "stdout.log"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Arguments_never_meet_a_shell()
    {
        var finished = await run.FinishAsync(run.Task("a", "echo", "$(id); `id` > x", "*"));

        Assert.Equal("$(id); `id` > x *", finished.ReturnLine);
    }

    /// <summary>Faults 11 and 12.</summary>
    [Fact]
    public async Task An_exit_code_is_a_warning_with_a_file_and_a_failure_without()
    {
        var with = await run.FinishAsync(run.Shell("a", "echo text > $MUSTER_OUTPUT; exit 3"));
        var without = await run.FinishAsync(run.Shell("b", "echo 'no luck.' >&2; exit 3"));
        var signal = await run.FinishAsync(run.Shell("c", "kill -11 $$"));

        Assert.Equal((null, "exit code 3"), (with.Failure, with.Warning));
        Assert.Equal(new AgentFailure(FailureClass.Agent, "exit code 3: no luck"), without.Failure);
        Assert.Equal("ended by signal 11", signal.Failure?.Reason);
    }

    [Fact]
    public async Task A_return_line_that_says_failed_is_a_failure()
    {
        var finished = await run.FinishAsync(run.Shell("a", "echo x > $MUSTER_OUTPUT; echo 'Failed. No such module.'"));

        Assert.Equal("Failed. No such module", finished.Failure?.Reason);
    }

    /// <summary>Fault 13.</summary>
    [Theory]
    [InlineData("no-such-program-anywhere")]
    [InlineData("./prompt-is-no-program")]
    [InlineData("/etc/passwd")]
    public async Task A_program_that_cannot_run_is_a_permanent_failure(string program)
    {
        var finished = await run.FinishAsync(run.Task("a", program));

        Assert.Equal(FailureClass.Permanent, finished.Failure?.Class);
        Assert.Contains(program, finished.Failure?.Reason, StringComparison.Ordinal);
    }

    /// <summary>Fault 22: the disk is full for it. Fault 14: stdin ends. Fault 21: DONE on stdout makes no file.</summary>
    [Fact]
    public async Task A_full_disk_an_ended_stdin_and_a_printed_done_make_no_file()
    {
        var full = await run.FinishAsync(run.Shell("a", "echo DONE > /dev/full"));
        var reads = await run.FinishAsync(run.Shell("b", "cat > /dev/null; read answer || echo ended"));
        var printed = await run.FinishAsync(run.Shell("c", "echo DONE"));

        Assert.NotNull(full.Failure);
        Assert.Equal("ended", reads.ReturnLine);
        Assert.Equal(("DONE", false), (printed.ReturnLine, File.Exists(Path.Combine(run.Path, "attempts", "c", "output.md"))));
    }

    /// <summary>Fault 25.</summary>
    [Fact]
    public async Task Endless_output_is_cut_and_ended()
    {
        var agent = run.NewAgent(new() { MaxFileBytes = 3 << 20, MaxStreamBytes = 1 << 20 });
        var task = run.Task("a", "yes");
        var finished = await CommandRun.FinishAsync(agent.RunAsync(task, TestContext.Current.CancellationToken));

        Assert.NotNull(finished.Failure);
        Assert.InRange(new FileInfo(Path.Combine(task.Directory, "stdout.log")).Length, 1, 3 << 20);
    }

    [Fact]
    public async Task Invalid_bytes_and_an_endless_line_are_read_within_bounds()
    {
        var finished = await run.FinishAsync(run.Shell("a", "head -c 3000000 /dev/zero | tr '\\0' x; printf '\\n\\377\\376ok\\n\\n'"));

        Assert.Equal("\uFFFD\uFFFDok", finished.ReturnLine);
    }

    [Fact]
    public async Task A_thousand_trivial_commands_complete()
    {
        var tasks = Enumerable.Range(0, 1_000).Select(i => run.Task($"t{i}", "/bin/sh", "-c", "echo ok > $MUSTER_OUTPUT; echo Done.")).ToList();
        var lines = new System.Collections.Concurrent.ConcurrentBag<string>();
        var from = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            tasks,
            new ParallelOptions { MaxDegreeOfParallelism = 24, CancellationToken = TestContext.Current.CancellationToken },
            async (task, _) => lines.Add((await run.FinishAsync(task)).ReturnLine));

        TestContext.Current.TestOutputHelper?.WriteLine($"{1_000 / TimeProvider.System.GetElapsedTime(from).TotalSeconds:0} a second");
        Assert.Equal(1_000, lines.Count(line => line == "Done."));
        Assert.All(tasks, task => Assert.True(File.Exists(task.OutputPath)));
    }
}
