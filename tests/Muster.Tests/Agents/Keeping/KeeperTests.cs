using System.Diagnostics;
using System.Text.Json;
using Muster.Agents;
using Muster.Runs;
using Muster.Tests.Agents.Command;

namespace Muster.Tests.Agents.Keeping;

/// <summary>Faults 36 to 39 and 48: the engine or the keeper goes away.</summary>
public sealed class KeeperTests : IDisposable
{
    private readonly CommandRun run = new();

    public void Dispose() => run.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Fault 38.</summary>
    [Fact]
    public async Task A_command_outlives_its_engine_and_the_next_one_adopts_it()
    {
        var task = run.Shell("a", "echo $$ > $PWD/attempts/a/pid; while [ ! -e go ]; do :; done; echo x > $MUSTER_OUTPUT; echo Done. Late.");
        var pid = await AbandonAsync(task);
        var next = run.NewAgent();
        var adopted = next.AdoptAsync(task, Token).GetAsyncEnumerator(Token);
        Assert.True(await adopted.MoveNextAsync());
        var started = Assert.IsType<AgentReport.Started>(adopted.Current);

        await File.WriteAllTextAsync(Path.Combine(run.Path, "go"), "", Token);
        AgentReport? last = null;
        while (await adopted.MoveNextAsync())
        {
            last = adopted.Current;
        }

        Assert.Equal(pid, started.Pid);
        Assert.Equal("Done. Late.", Assert.IsType<AgentReport.Finished>(last).ReturnLine);
        await adopted.DisposeAsync();
    }

    [Fact]
    public async Task A_recorded_end_is_found_without_a_keeper()
    {
        var task = run.Shell("a", "echo x > $MUSTER_OUTPUT; echo Done.; exit 4");
        var first = await run.FinishAsync(task);
        KillKeeper();

        var again = await CommandRun.FinishAsync(run.NewAgent().AdoptAsync(task, Token));

        Assert.Equal(first, again);
    }

    [Fact]
    public async Task The_time_limit_holds_with_no_engine()
    {
        var task = run.Task("a", TimeSpan.FromMilliseconds(700), "sh", "-c", "echo $$ > $PWD/attempts/a/pid; exec sleep 600");
        var pid = await AbandonAsync(task);

        await CommandRun.UntilAsync(() => !CommandRun.IsAlive(pid) && File.Exists(Path.Combine(task.Directory, "exit.json")));

        var adopted = await CommandRun.FinishAsync(run.NewAgent().AdoptAsync(task, Token));
        Assert.Equal("it ran past its time limit of 0.7 s", adopted.Failure?.Reason);
    }

    /// <summary>Fault 36.</summary>
    [Fact]
    public async Task An_attempt_that_was_never_started_is_started_when_adopted()
    {
        var finished = await CommandRun.FinishAsync(run.Agent.AdoptAsync(run.Shell("a", "echo Done."), Token));

        Assert.Equal("Done.", finished.ReturnLine);
    }

    /// <summary>Fault 48: kill -9 of the keeper; then 39: a complete file still counts.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_keeper_loses_the_attempt_but_not_a_complete_file(bool isComplete)
    {
        var write = isComplete ? "printf '# Title\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n' > $MUSTER_OUTPUT;" : "";
        var task = run.Shell("a", $"{write} setsid sleep 600 & echo $! > $PWD/attempts/a/pid; exec sleep 600");
        var running = CommandRun.OutcomeAsync(run.Agent.RunAsync(task, Token));
        var pid = await CommandRun.PidAsync(task, "pid");

        KillKeeper();

        var (finished, error) = await running;
        Assert.Equal(isComplete ? null : "its keeper went away: no output file was written", error?.Message);
        Assert.Equal(isComplete ? "its keeper went away; its file was complete" : null, finished?.Warning);
        Assert.False(CommandRun.IsAlive(pid));
        Assert.Equal("ok", (await run.FinishAsync(run.Task("b", "echo", "ok"))).ReturnLine);
    }

    /// <summary>Fault 37: the keeper died after it had spawned and before it had recorded what.</summary>
    [Fact]
    public async Task A_spawned_command_without_a_record_is_found_and_ended_and_never_spawned_twice()
    {
        var task = run.Shell("a", "echo $$ >> $PWD/attempts/a/pids; echo $$ > $PWD/attempts/a/pid; exec sleep 600");
        var pid = await AbandonAsync(task);
        KillKeeper();
        await File.WriteAllBytesAsync(Path.Combine(task.Directory, "attempt.json"), [], Token); // The claim is there, what it claims is not.

        await Assert.ThrowsAsync<AttemptLostException>(() => CommandRun.FinishAsync(run.NewAgent().AdoptAsync(task, Token)));

        Assert.False(CommandRun.IsAlive(pid));
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(task.Directory, "pids"), Token));
    }

    /// <summary>Fault 60: no descriptor is left to start another program.</summary>
    [Fact]
    public async Task A_keeper_out_of_descriptors_reports_a_fault_of_the_machine_and_starts_again_when_it_has_some()
    {
        await run.FinishAsync(run.Task("a", "true"));
        await LimitKeeperAsync(Directory.GetFiles($"/proc/{KeeperPid()}/fd").Length.ToString(System.Globalization.CultureInfo.InvariantCulture));

        var refused = await run.FinishAsync(run.Task("b", "echo", "ok"));

        Assert.Equal(FailureClass.Machine, refused.Failure?.Class);
        await LimitKeeperAsync("1024");
        Assert.Equal("ok", (await run.FinishAsync(run.Task("c", "echo", "ok"))).ReturnLine);
    }

    /// <summary>Faults 62 and 64: the machine slept, or had no processor to spare.</summary>
    [Fact]
    public async Task Time_in_which_nobody_could_work_does_not_count_against_a_time_limit()
    {
        var task = run.Task("a", TimeSpan.FromSeconds(3), "sh", "-c", "echo $$ > $PWD/attempts/a/pid; while [ ! -e go ]; do sleep 0.05; done; sleep 0.5; echo Done.");
        var running = CommandRun.OutcomeAsync(run.Agent.RunAsync(task, Token));
        var pid = await CommandRun.PidAsync(task, "pid");
        using (var sleep = Process.Start("sh", ["-c", $"kill -STOP {KeeperPid()} {pid}; sleep 4; touch {Path.Combine(run.Path, "go")}; kill -CONT {KeeperPid()} {pid}"]))
        {
            await sleep.WaitForExitAsync(Token);
        }

        Assert.Equal("Done.", (await running).Finished?.ReturnLine);
        Assert.Null((await running).Finished?.Failure);
    }

    [Fact]
    public async Task A_second_start_of_an_attempt_runs_nothing_twice()
    {
        var task = run.Shell("a", "echo once >> $PWD/runs; echo Done.");
        await run.FinishAsync(task);
        await run.FinishAsync(task);
        File.Delete(Path.Combine(task.Directory, "exit.json"));

        await Assert.ThrowsAsync<AttemptLostException>(() => run.FinishAsync(task));

        Assert.Equal("once\n", await File.ReadAllTextAsync(Path.Combine(run.Path, "runs"), Token));
    }

    /// <summary>Fault 38: an engine that ends with a fault of its own must not end what others have paid for.</summary>
    [Fact]
    public async Task An_engine_that_lets_go_leaves_its_commands_to_the_next_one()
    {
        var task = run.Shell("a", "echo $$ > $PWD/attempts/a/pid; while [ ! -e go ]; do :; done; echo x > $MUSTER_OUTPUT; echo Done. Late.");
        var engine = run.NewAgent();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = CommandRun.OutcomeAsync(engine.RunAsync(task, stop.Token));
        var pid = await CommandRun.PidAsync(task, "pid");

        engine.LetGo();
        await stop.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>((await running).Error);
        Assert.True(CommandRun.IsAlive(pid));
        await File.WriteAllTextAsync(Path.Combine(run.Path, "go"), "", Token);
        Assert.Equal("Done. Late.", (await CommandRun.FinishAsync(run.NewAgent().AdoptAsync(task, Token))).ReturnLine);
    }

    [Fact]
    public async Task An_attempt_that_an_engine_cancelled_is_lost_to_the_next_one_and_no_failure_of_its_agent()
    {
        var task = run.Shell("a", "echo $$ > $PWD/attempts/a/pid; exec sleep 600");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = CommandRun.OutcomeAsync(run.Agent.RunAsync(task, stop.Token));
        var pid = await CommandRun.PidAsync(task, "pid");

        await stop.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>((await running).Error);
        Assert.False(CommandRun.IsAlive(pid));
        var lost = await Assert.ThrowsAsync<AttemptLostException>(() => CommandRun.FinishAsync(run.NewAgent().AdoptAsync(task, Token)));
        Assert.Equal("it was cancelled", lost.Message);
    }

    /// <summary>Fault 15, of the keeper itself.</summary>
    [Fact]
    public async Task A_keeper_that_hangs_does_not_hold_an_attempt_for_ever()
    {
        var task = run.Shell("a", "echo $$ > $PWD/attempts/a/pid; exec sleep 600");
        var engine = run.NewAgent(new() { Grace = TimeSpan.Zero, Answer = TimeSpan.FromMilliseconds(300) });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = CommandRun.OutcomeAsync(engine.RunAsync(task, stop.Token));
        await CommandRun.PidAsync(task, "pid");
        var keeper = KeeperPid().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Process.Start("kill", ["-STOP", keeper]).WaitForExitAsync(Token);

        await stop.CancelAsync();

        Assert.Equal("its keeper does not answer", (await running).Error?.Message);
        await Process.Start("kill", ["-CONT", keeper]).WaitForExitAsync(Token);
        await CommandRun.UntilAsync(() => File.Exists(Path.Combine(task.Directory, "exit.json")));
    }

    [Fact]
    public async Task A_keeper_goes_when_nobody_needs_it()
    {
        await run.FinishAsync(run.Task("a", "true"));
        var keeper = KeeperPid();

        run.Agent.Dispose();

        await CommandRun.UntilAsync(() => !CommandRun.IsAlive(keeper));
        Assert.False(File.Exists(Path.Combine(run.Path, "keeper.sock")));
    }

    /// <summary>Starts a task, lets go of it as a killed engine does, and tells its process id.</summary>
    private async Task<int> AbandonAsync(AgentTask task)
    {
        var engine = run.NewAgent();
        await using var reports = engine.RunAsync(task, Token).GetAsyncEnumerator(Token);
        Assert.True(await reports.MoveNextAsync());
        var pid = await CommandRun.PidAsync(task, "pid");
        engine.Dispose();
        Assert.True(CommandRun.IsAlive(pid));
        return pid;
    }

    private async Task LimitKeeperAsync(string files)
    {
        using var prlimit = Process.Start("prlimit", [$"--pid={KeeperPid()}", $"--nofile={files}:"]);
        await prlimit.WaitForExitAsync(Token);
        Assert.Equal(0, prlimit.ExitCode);
    }

    private int KeeperPid() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Path, "keeper.pid"))).RootElement.GetProperty("pid").GetInt32();

    private void KillKeeper()
    {
        using var keeper = Process.GetProcessById(KeeperPid());
        keeper.Kill();
    }
}
