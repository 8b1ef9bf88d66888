using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>Caps are reserved before each dispatch: a run cannot overshoot by a batch.</summary>
public sealed class SpendingTests
{
    [Fact]
    public void A_token_limit_without_a_figure_for_an_attempt_sets_the_tiers_figure_aside()
    {
        var figure = AttemptReserve.Default(Role.Worker, Tier.Haiku).Tokens;
        var run = new DrivenRun(DrivenRun.Table(9), DrivenRun.Plain with { Limits = new(Tokens: (figure * 3) + 1) });

        Assert.Equal(3, run.Launch().Count);
        Assert.Equal(figure * 3, run.State.ReservedTokens);
        Assert.Equal(RunStatus.Running, run.State.Status);
    }

    [Fact]
    public void A_limit_below_what_one_attempt_sets_aside_launches_nothing_and_says_what_to_do()
    {
        var run = new DrivenRun(DrivenRun.Table(9), DrivenRun.Plain with { Limits = new(Tokens: 10_000) });

        Assert.Empty(run.Launch());
        Assert.Equal(PauseKind.Cap, run.State.Pause!.Kind);
        Assert.Contains("attempt_tokens", run.State.Pause.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_usd_limit_without_a_figure_for_an_attempt_sets_the_tiers_price_aside()
    {
        var price = AttemptReserve.Default(Role.Worker, Tier.Haiku).Usd;
        var run = new DrivenRun(DrivenRun.Table(9), DrivenRun.Plain with { Limits = new(Usd: price * 2.5m) });
        Assert.Single(run.Launch()); // Nothing shows yet that this agent tells what it costs.
        run.Complete("worker/t1", new(100, 10, 0.001m));

        Assert.Equal(2, run.Launch().Count);
        Assert.Equal(price * 2, run.State.ReservedUsd);
    }

    /// <summary>Fault 6: an unknown cost is found out with one attempt, not with a batch.</summary>
    [Fact]
    public void An_attempt_of_unknown_price_blocks_the_next()
    {
        var run = new DrivenRun(DrivenRun.Table(9), DrivenRun.Plain with { Limits = new(Usd: 100) });

        Assert.Single(run.Launch());
        Assert.Empty(run.Launch());
        run.Complete("worker/t1", new(100, 10, null));

        Assert.Empty(run.Launch());
        Assert.Equal(PauseKind.Cap, run.State.Pause!.Kind);
    }

    [Fact]
    public void An_attempt_that_takes_more_than_expected_gets_it_while_the_limit_leaves_it()
    {
        var figure = AttemptReserve.Default(Role.Worker, Tier.Haiku).Tokens;
        var run = new DrivenRun(DrivenRun.Table(2), DrivenRun.Plain with { Limits = new(Tokens: figure * 5) });
        run.Launch();

        run.Do(new RunCommand.RaiseReserve("worker/t1", 1, new(figure + 1, 0, null)));
        Assert.Equal(figure + ((figure + 1) * 5 / 4), run.State.ReservedTokens);

        run.Do(new RunCommand.RaiseReserve("worker/t1", 1, new(figure * 7 / 2, 0, null)));
        Assert.Equal(figure * 5, run.State.ReservedTokens); // A quarter more is not left.
        Assert.Equal(RunStatus.Running, run.State.Status);
    }

    [Fact]
    public void An_attempt_that_takes_more_than_is_left_stops_the_run_and_keeps_its_retries()
    {
        var figure = AttemptReserve.Default(Role.Worker, Tier.Haiku).Tokens;
        var run = new DrivenRun(DrivenRun.Table(2), DrivenRun.Plain with { Limits = new(Tokens: figure * 2) });
        run.Launch();

        run.Do(new RunCommand.RaiseReserve("worker/t1", 1, new(figure + 1, 0, null)));
        Assert.Equal(PauseKind.Cap, run.State.Pause!.Kind);
        run.Do(new RunCommand.DiscardAttempt("worker/t1", 1, "stopped", new(figure + 1, 0, 0.1m)));

        Assert.Equal((StepStatus.Retrying, 0, figure + 1), (run["worker/t1"].Status, run["worker/t1"].AgentFailures, run.State.Spent.Tokens));
    }

    [Fact]
    public void Free_agents_set_nothing_aside_and_wait_for_nobody()
    {
        var run = new DrivenRun(DrivenRun.Table(9, "inspect"), DrivenRun.Plain with { Limits = new(Tokens: 10, Usd: 0.01m) });

        Assert.Equal(9, run.Launch().Count);
    }

    [Fact]
    public void A_person_who_sets_a_limit_anew_accepts_what_has_an_unknown_cost()
    {
        var run = new DrivenRun(DrivenRun.Table(9), DrivenRun.Plain with { Limits = new(Usd: 100) });
        run.Launch();
        run.Complete("worker/t1", new(100, 10, null));
        run.Launch();
        Assert.NotNull(run.State.Pause);

        run.Do(new RunCommand.ChangeLimits(run.State.Limits, AcceptUnknownCost: true));
        run.Do(new RunCommand.ContinueRun("resume"));

        Assert.Single(run.Launch());
        Assert.Null(run.State.Spent.Usd); // It stays unknown what the run has cost.
    }

    [Fact]
    public void A_person_who_does_not_change_the_limit_accepts_nothing()
    {
        var run = new DrivenRun(DrivenRun.Table(9), DrivenRun.Plain with { Limits = new(Usd: 100) });
        run.Launch();
        run.Complete("worker/t1", new(100, 10, null));
        run.Launch();

        run.Do(new RunCommand.ContinueRun("resume"));

        Assert.Empty(run.Launch());
        Assert.Equal(PauseKind.Cap, run.State.Pause!.Kind);
    }
}
