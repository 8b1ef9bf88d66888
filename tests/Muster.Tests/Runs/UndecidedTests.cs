using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>Attempts that may have been paid for, and of which nobody can say what became of them, wait for a person and hold up nobody else.</summary>
public sealed class UndecidedTests
{
    private static readonly RunHeader Limited = DrivenRun.Plain with { Limits = new(Tokens: 500_000, Usd: 50) };

    [Fact]
    public void The_others_go_on_and_then_the_run_waits_for_a_person()
    {
        var run = new DrivenRun(DrivenRun.Table(3));
        run.Launch();
        run.Do(new RunCommand.LeaveUndecided("worker/t1", 1, "its batch was lost"));
        Assert.Equal((2, RunStatus.Running), (run.State.AtWork, run.State.Status));

        run.Complete("worker/t2");
        Assert.Empty(run.Launch());
        Assert.Equal(RunStatus.Running, run.State.Status);
        run.Complete("worker/t3");
        run.Launch();

        Assert.Equal((RunStatus.AwaitingHuman, PauseKind.Decision), (run.State.Status, run.State.Pause!.Kind));
        Assert.Contains("what became of worker/t1 cannot be found out (its batch was lost)", run.State.Pause.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void It_takes_no_capacity_and_keeps_its_reserve()
    {
        var run = new DrivenRun(DrivenRun.Table(12, "anthropic"), Limited with { Capacity = 2 });
        Assert.Single(run.Launch());
        var (tokens, usd) = (run.State.ReservedTokens, run.State.ReservedUsd);

        run.Do(new RunCommand.LeaveUndecided("worker/t1", 1, "lost"));

        Assert.Equal((0, tokens, usd), (run.State.UnitsInUse, run.State.ReservedTokens, run.State.ReservedUsd));
        Assert.Single(run.Launch());
        Assert.True(tokens > 0 && usd > 0);
    }

    [Fact]
    public void Going_on_looks_again_and_an_answer_that_is_found_counts()
    {
        var run = Waiting();

        run.Do(new RunCommand.ContinueRun("resume"));
        Assert.Equal((1, 0, 2), (run.State.AtWork, run.State.Undecided.Count, run.State.UnitsInUse));
        Assert.Empty(run.Launch());
        Assert.Equal(RunStatus.Running, run.State.Status);
        run.Complete("worker/t1");

        Assert.Equal((0, 1, 0), (run.State.OpenSteps, run["worker/t1"].VerifiedAttempt, run.State.UnitsInUse));
    }

    /// <summary>Found by the simulation: nobody looks again when a quota is there again.</summary>
    [Fact]
    public void A_pause_that_ends_by_itself_does_not_look_again()
    {
        var run = new DrivenRun(DrivenRun.Table(2));
        run.Launch();
        run.Do(new RunCommand.LeaveUndecided("worker/t1", 1, "lost"));
        run.Do(new RunCommand.PauseRun(PauseKind.Quota, "no quota", run.Now.AddMinutes(1)));

        run.Do(new RunCommand.EndPause(run.Now.AddMinutes(1)));

        Assert.Equal((RunStatus.Running, 1, 1), (run.State.Status, run.State.Undecided.Count, run.State.AtWork));
    }

    /// <summary>Found by the simulation: in waves the syntheses waited for a worker that waited for a person, who was not asked.</summary>
    [Fact]
    public void The_next_wave_does_not_wait_for_it()
    {
        var run = new DrivenRun(DrivenRun.Table(2), DrivenRun.Plain with { Waves = true });
        run.Launch();
        run.Complete("worker/t2");
        Assert.True(run.State.HasOpenWorkers);

        run.Do(new RunCommand.LeaveUndecided("worker/t1", 1, "lost"));

        Assert.False(run.State.HasOpenWorkers);
    }

    [Fact]
    public void When_what_it_read_is_done_again_nobody_is_asked_about_it()
    {
        var table = new Muster.Synthesis.SynthesisTree(DrivenRun.Plain);
        table.AddWorker("a", "d", Tier.Haiku, "main", default, null, []);
        table.AddWorker("b", "d", Tier.Haiku, "main", default, null, ["a"]);
        var run = new DrivenRun(table.Build());
        run.Launch();
        run.Complete("worker/a");
        run.Launch();
        run.Do(new RunCommand.LeaveUndecided("worker/b", 1, "lost"));

        run.Do(new RunCommand.DistrustStep("worker/a", 1, "it was changed"));

        Assert.Empty(run.State.Live);
        run.CompleteAll();
        Assert.Equal((0, 2), (run.State.OpenSteps, run.AttemptOf("worker/b")));
    }

    [Fact]
    public void An_engine_that_was_killed_before_the_run_waited_looks_again_too()
    {
        var run = new DrivenRun(DrivenRun.Table(1));
        run.Launch();
        run.Do(new RunCommand.LeaveUndecided("worker/t1", 1, "lost"));

        Assert.Single(run.Do(new RunCommand.ContinueRun("resume")));
        Assert.Equal(1, run.State.AtWork);
    }

    [Fact]
    public void Done_again_it_counts_with_what_was_set_aside()
    {
        var run = Waiting("anthropic", Limited);
        var (tokens, usd) = (run.State.ReservedTokens, run.State.ReservedUsd);

        run.Do(new RunCommand.DecideSteps(["worker/t1"], IsSkipped: false));
        Assert.Equal((tokens, usd), (run.State.Spent.Tokens, run.State.KnownUsd));
        run.Do(new RunCommand.ContinueRun("resume"));

        Assert.Equal(["worker/t1"], run.Launch());
        Assert.Equal(2, run.AttemptOf("worker/t1"));
    }

    [Fact]
    public void Without_limits_its_cost_stays_unknown()
    {
        var run = Waiting("anthropic", DrivenRun.Plain with { Models = [new("anthropic", "haiku", "claude-haiku-4-5", 1, 5)] });

        run.Do(new RunCommand.DecideSteps(["worker/t1"], IsSkipped: false));

        Assert.Equal(1, run.State.Spending.Unknown);
    }

    [Fact]
    public void Skipped_it_is_a_gap_and_the_run_ends()
    {
        var run = Waiting();

        run.Do(new RunCommand.DecideSteps(["worker/t1"], IsSkipped: true));
        run.Do(new RunCommand.ContinueRun("resume"));

        Assert.Equal((StepStatus.Skipped, "a person decided to skip it"), (run["worker/t1"].Status, run.State.ReasonOf(0)));
        Assert.Equal((0, RunStatus.Running), (run.State.OpenSteps, run.State.Status));
        run.Do(new RunCommand.FinishRun(1));
        Assert.Equal(RunStatus.CompleteWithGaps, run.State.Status);
    }

    [Fact]
    public void What_comes_after_skipped_steps_is_skipped_once()
    {
        var table = new Muster.Synthesis.SynthesisTree(DrivenRun.Plain);
        foreach (var (id, after) in new[] { ("a", Array.Empty<string>()), ("b", []), ("c", ["a", "b"]) })
        {
            table.AddWorker(id, "d", Tier.Haiku, "main", default, null, [.. after]);
        }

        var run = new DrivenRun(table.Build());
        run.Launch();
        run.Do(new RunCommand.LeaveUndecided("worker/a", 1, "lost"));
        run.Do(new RunCommand.LeaveUndecided("worker/b", 1, "lost"));

        run.Do(new RunCommand.DecideSteps(["worker/a", "worker/b"], IsSkipped: true));

        Assert.Equal((0, "3 planned, 2 launched, 0 verified, 0 failed, 3 skipped"), (run.State.OpenSteps, run.State.Census.ToString()));
    }

    [Fact]
    public void A_decision_that_nobody_waits_for_names_those_that_are()
    {
        var run = Waiting();

        var error = Assert.Throws<RunStateException>(() => run.Do(new RunCommand.DecideSteps(["worker/t2"], IsSkipped: false)));
        Assert.Contains("'worker/t2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("worker/t1", error.NextStep, StringComparison.Ordinal);
        Assert.Throws<RunStateException>(() => run.Do(new RunCommand.DecideSteps(["worker/no-such"], IsSkipped: false)));
        run.Do(new RunCommand.DecideSteps(["worker/t1"], IsSkipped: false));
        Assert.Throws<RunStateException>(() => run.Do(new RunCommand.DecideSteps(["worker/t1"], IsSkipped: false)));
    }

    [Fact]
    public void Cancelling_settles_it_when_it_is_stopped()
    {
        var run = Waiting();
        run.Do(new RunCommand.CancelRun("enough"));

        run.Do(new RunCommand.DiscardAttempt("worker/t1", 1, "stopped", Usage.None));

        Assert.Equal((0, 0, 0), (run.State.Live.Count, run.State.Undecided.Count, run.State.UnitsInUse));
    }

    [Fact]
    public void Steps_in_batches_take_no_capacity_and_go_first()
    {
        var table = new Muster.Synthesis.SynthesisTree(DrivenRun.Plain);
        for (var i = 1; i <= 9; i++)
        {
            table.AddWorker($"t{i}", "d", Tier.Sonnet, i % 2 == 0 ? "anthropic-batch" : "anthropic", default, TimeSpan.FromMinutes(20), []);
        }

        var run = new DrivenRun(table.Build(), DrivenRun.Plain with { Capacity = 6 });

        Assert.Equal(["worker/t2", "worker/t4", "worker/t6", "worker/t8", "worker/t1", "worker/t3"], run.Launch());
        Assert.Equal((6, 4), (run.State.UnitsInUse, run.State.BatchedAtWork));
        foreach (var step in new[] { "worker/t2", "worker/t4", "worker/t6", "worker/t8" })
        {
            run.Complete(step);
        }

        Assert.Equal((6, 0), (run.State.UnitsInUse, run.State.BatchedAtWork));
    }

    [Fact]
    public void No_more_wait_in_batches_at_once_than_memory_holds()
    {
        var run = new DrivenRun(DrivenRun.Table(BatchedAgent.MostAtOnce + 5, "anthropic-batch"));

        Assert.Equal(BatchedAgent.MostAtOnce, run.Launch().Count);
        run.Complete("worker/t1");
        Assert.Single(run.Launch());
        run.Do(new RunCommand.LeaveUndecided("worker/t2", 1, "lost"));
        Assert.Single(run.Launch());
    }

    /// <summary>What a batch costs is always told, so it is not found out with one attempt first; and the limit is reserved for each.</summary>
    [Fact]
    public void A_limit_in_USD_is_reserved_for_each_request_and_does_not_make_them_wait_for_one_another()
    {
        var header = DrivenRun.Plain with { Limits = new(Usd: 1), Models = [new("anthropic-batch", "haiku", "claude-haiku-4-5", 0.5m, 2.5m)] };
        var run = new DrivenRun(DrivenRun.Table(200, "anthropic-batch"), header);
        var each = run.State.ReserveOf(0).Usd;

        var started = run.Launch();

        Assert.Equal((int)(1 / each), started.Count);
        Assert.InRange(run.State.ReservedUsd, 1 - each, 1);
    }

    [Fact]
    public void A_busy_batch_interface_does_not_slow_others_down()
    {
        var run = new DrivenRun(DrivenRun.Table(4, "anthropic-batch"));
        run.Launch();

        run.Fail("worker/t1", FailureClass.Transient);

        Assert.Equal(run.State.Header.Capacity, run.State.Capacity);
    }

    private static DrivenRun Waiting(string agent = "main", RunHeader? header = null)
    {
        var run = new DrivenRun(DrivenRun.Table(2, agent), header);
        run.Launch();
        if (run["worker/t2"].Status is StepStatus.Running)
        {
            run.Complete("worker/t2");
        }

        run.Do(new RunCommand.LeaveUndecided("worker/t1", 1, "lost"));
        if (run.Launch().Contains("worker/t2")) // Under a limit in USD the first one of an agent goes alone.
        {
            run.Complete("worker/t2");
        }

        run.Launch();
        Assert.Equal(RunStatus.AwaitingHuman, run.State.Status);
        return run;
    }
}
