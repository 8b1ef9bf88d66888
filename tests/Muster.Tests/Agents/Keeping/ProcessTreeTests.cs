using Muster.Agents;
using Muster.Tests.Agents.Command;

namespace Muster.Tests.Agents.Keeping;

/// <summary>The whole tree ends with its attempt, however it hides (fault 15 and the process table of the design).</summary>
public sealed class ProcessTreeTests : IDisposable
{
    private readonly CommandRun run = new();

    public static TheoryData<string> Hidden => new(
        "sleep 600 & echo $! > $H/pid",
        "nohup sleep 600 > /dev/null 2>&1 & echo $! > $H/pid",
        "setsid sh -c 'echo $$ > $H/pid; exec sleep 600' &",
        "(setsid sh -c 'echo $$ > $H/pid; exec sleep 600' > /dev/null 2>&1 &)",
        "(env -i H=$H /usr/bin/setsid /bin/sh -c '(echo $$ > /dev/null; sh -c \"echo \\$\\$ > $H/pid; exec sleep 600\" &)' > /dev/null 2>&1 &)");

    public void Dispose() => run.Dispose();

    [Theory]
    [MemberData(nameof(Hidden))]
    public async Task What_a_command_leaves_behind_is_dead_when_the_attempt_has_ended(string hide)
    {
        var other = run.Shell("other", "echo $$ > " + Path.Combine(run.Path, "attempts", "other", "pid") + "; exec sleep 600");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var neighbour = CommandRun.OutcomeAsync(run.Agent.RunAsync(other, stop.Token));
        var otherPid = await CommandRun.PidAsync(other, "pid");
        var task = Hiding("a", hide, "while [ ! -s $H/pid ]; do :; done");

        await run.FinishAsync(task);

        Assert.False(CommandRun.IsAlive(await CommandRun.PidAsync(task, "pid")));
        Assert.True(CommandRun.IsAlive(otherPid));
        await stop.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>((await neighbour).Error);
        Assert.False(CommandRun.IsAlive(otherPid));
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public async Task Cancelling_ends_the_tree_before_the_stream_ends(string hide)
    {
        var task = Hiding("a", hide, "exec sleep 600");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = CommandRun.OutcomeAsync(run.Agent.RunAsync(task, stop.Token));
        var pid = await CommandRun.PidAsync(task, "pid");

        await stop.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>((await running).Error);

        Assert.False(CommandRun.IsAlive(pid));
    }

    /// <summary>Fault 15.</summary>
    [Fact]
    public async Task A_command_that_ignores_sigterm_is_killed_after_its_time_limit()
    {
        var agent = run.NewAgent(new() { Grace = TimeSpan.FromMilliseconds(100) });
        var script = "trap '' TERM; echo $$ > $PWD/pid; while :; do sleep 600; done";
        var task = run.Task("a", TimeSpan.FromMilliseconds(500), "sh", "-c", script) with { Root = Path.Combine(run.Path, "attempts", "a") };

        var finished = await CommandRun.FinishAsync(agent.RunAsync(task, TestContext.Current.CancellationToken));

        Assert.Equal("it ran past its time limit of 0.5 s", finished.Failure?.Reason);
        Assert.False(CommandRun.IsAlive(await CommandRun.PidAsync(task, "pid")));
    }

    private AgentTask Hiding(string id, string hide, string then) =>
        run.Shell(id, $"export H={Path.Combine(run.Path, "attempts", id)}; {hide}\n{then}");
}
