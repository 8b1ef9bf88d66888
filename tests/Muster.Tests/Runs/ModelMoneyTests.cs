using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>What models cost decides what is set aside, what is refused, and how a run's cost is told.</summary>
public sealed class ModelMoneyTests
{
    private static readonly RunModel Priced = new("main", "haiku", "small-one", 10, 50);
    private static readonly RunModel Unpriced = Priced with { InputUsd = null, OutputUsd = null };
    private static readonly RunHeader Plain = DrivenRun.Plain with { Models = [Priced] };

    [Fact]
    public void What_is_set_aside_is_three_times_what_the_role_takes_at_the_models_own_price()
    {
        var run = new DrivenRun(DrivenRun.Table(9), Plain with { Limits = new(Usd: 100) });

        run.Launch();

        Assert.Equal(3 * ((20_000 * 10m) + (1_500 * 50m)) / 1_000_000m, run.State.ReservedUsd);
    }

    [Fact]
    public void A_limit_below_one_attempt_at_the_models_price_launches_nothing()
    {
        var run = new DrivenRun(DrivenRun.Table(9), Plain with { Limits = new(Usd: 0.5m) });

        Assert.Empty(run.Launch());
        Assert.Contains("sets 0.825 USD aside", run.State.Pause!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_in_USD_that_is_set_later_is_refused_over_a_model_of_unknown_price()
    {
        var run = new DrivenRun(DrivenRun.Table(9), Plain with { Models = [Unpriced] });

        var error = Assert.Throws<RunStateException>(() => run.Do(new RunCommand.ChangeLimits(new(Usd: 5), Models: [Unpriced])));

        Assert.Contains("'small-one' of agent main", error.Message, StringComparison.Ordinal);
        Assert.Contains("which 't1' of run", error.Message, StringComparison.Ordinal);
        Assert.Contains("models: small-one: prices:", error.NextStep, StringComparison.Ordinal);
        Assert.Null(run.State.Limits.Usd);
    }

    [Fact]
    public void A_price_that_was_looked_up_since_comes_with_the_new_limit_into_the_journal()
    {
        var run = new DrivenRun(DrivenRun.Table(9), Plain with { Models = [Unpriced] });

        var changed = Assert.Single(run.Do(new RunCommand.ChangeLimits(new(Usd: 5), Models: [Priced])));

        Assert.Equal([Priced], Assert.IsType<RunEvent.LimitsChanged>(changed).Models!);
        Assert.Equal(Priced, run.State.Header.ModelOf("main", "haiku"));
        Assert.Empty(run.Do(new RunCommand.ChangeLimits(new(Usd: 5), Models: [Priced])));
    }

    [Fact]
    public void What_is_finished_needs_no_price()
    {
        var run = new DrivenRun(DrivenRun.Table(2), Plain with { Models = [Unpriced] }).CompleteAll();

        Assert.Single(run.Do(new RunCommand.ChangeLimits(new(Usd: 5))));
    }

    /// <summary>Fault 6: an attempt that went with its engine has cost something, and nobody knows what.</summary>
    [Fact]
    public void A_lost_attempt_of_a_model_has_an_unknown_cost_where_nothing_was_set_aside()
    {
        var run = new DrivenRun(DrivenRun.Table(2), Plain);
        run.Launch();

        run.Do(new RunCommand.LoseAttempt("worker/t1", 1, "its engine went away"));

        Assert.Equal("1 attempt of unknown cost", run.State.Spending.ToString());
        Assert.Null(run.State.Spending.Usd);
    }

    [Fact]
    public void A_lost_attempt_counts_with_what_was_set_aside_where_something_was()
    {
        var run = new DrivenRun(DrivenRun.Table(2), Plain with { Limits = new(Usd: 100) });
        run.Launch();

        run.Do(new RunCommand.LoseAttempt("worker/t1", 1, "its engine went away"));

        Assert.Equal(0.825m, run.State.Spending.Usd);
    }

    [Fact]
    public void A_lost_attempt_of_an_agent_without_models_cost_nothing()
    {
        var run = new DrivenRun(DrivenRun.Table(2));
        run.Launch();

        run.Do(new RunCommand.LoseAttempt("worker/t1", 1, "its engine went away"));

        Assert.True(run.State.Spending.IsNothing);
    }

    [Fact]
    public void Spending_is_summed_by_kind_and_step_over_attempts_and_an_amended_plan()
    {
        var run = new DrivenRun(DrivenRun.Table(2), Plain);
        run.Launch();
        run.Fail("worker/t1", FailureClass.Agent, usage: new(100, 10, 0.25m));
        run.Launch();
        run.Complete("worker/t1", new(200, 20, 0.5m));
        run.Complete("worker/t2", new(400, 40, null));
        run.Amend(DrivenRun.Table("main", "t1", "t3"), Plain);
        run.CompleteAll();

        Assert.Equal(new Spending(4, 700, 70, 0.75m, 1), run.State.Spending);
        Assert.Equal(new Spending(2, 300, 30, 0.75m, 0), run.State.SpendingBySteps[(Role.Worker, "t1")]);
        Assert.Equal(new Spending(1, 400, 40, 0, 1), run.State.SpendingBySteps[(Role.Worker, "t2")]);
        Assert.False(run.State.SpendingBySteps.ContainsKey((Role.Worker, "t3")));
        Assert.Equal(new SpendingKey("d", "main", "small-one", Tier.Haiku, Role.Worker), Assert.Single(run.State.SpendingByKind).Key);
    }

    [Theory]
    [InlineData("0", 0, "0.00 USD")]
    [InlineData("1.2", 0, "1.20 USD")]
    [InlineData("1.2", 3, "at least 1.20 USD, 3 attempts of unknown cost")]
    [InlineData("0", 1, "1 attempt of unknown cost")]
    [InlineData("0.0042", 0, "0.0042 USD")]
    [InlineData("0.00004", 0, "less than 0.0001 USD")]
    public void An_unknown_cost_is_said_and_never_zero(string known, int unknown, string words) =>
        Assert.Equal(words, new Spending(5, 10, 10, decimal.Parse(known, System.Globalization.CultureInfo.InvariantCulture), unknown).ToString());
}
