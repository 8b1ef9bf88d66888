using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>Fault 84: what an edited plan does to what is there.</summary>
public sealed class AmendingTests
{
    [Fact]
    public void Attempts_under_way_belong_to_no_step_of_the_new_plan()
    {
        var run = new DrivenRun(DrivenRun.Table("main", "t1", "t2", "t3"));
        run.Launch();

        run.Amend(DrivenRun.Table("main", "z1", "z2", "t3"));

        Assert.Empty(run.State.Live);
        Assert.Equal((0, 0, 0m), (run.State.UnitsInUse, run.State.ReservedTokens, run.State.ReservedUsd));
        Assert.Equal(["worker/t3", "worker/z1", "worker/z2"], run.Launch().Order());
        Assert.Equal((1, 2), (run.AttemptOf("worker/z1"), run.AttemptOf("worker/t3")));
    }

    [Fact]
    public void A_journal_in_which_attempts_outlived_a_smaller_plan_can_be_read()
    {
        var run = new DrivenRun(DrivenRun.Table("main", "t1", "t2", "t3"));
        run.Launch();
        run.Amend(DrivenRun.Table("main", "t1"));

        run.Take(
            new RunEvent.EngineStarted(2, 1, "host", "boot", "0"),
            new RunEvent.AttemptVerified("worker/t1", 1, 1, new('0', 64), 1, "Done.", Usage.None, null));

        Assert.Equal((1, 0), (run.State.Census.Verified, run.State.Live.Count));
    }

    [Fact]
    public void What_attempts_under_way_had_set_aside_counts_as_spent()
    {
        var header = DrivenRun.Plain with { Limits = new(Tokens: 10_000, AttemptTokens: 1_000) };
        var run = new DrivenRun(DrivenRun.Table("main", "t1", "t2"), header);
        run.Launch();

        run.Amend(DrivenRun.Table("main", "t1"), header);

        Assert.Equal(2_000, run.State.Spent.Tokens);
    }

    [Fact]
    public void A_task_that_comes_back_gets_attempts_that_no_one_had_before()
    {
        var run = new DrivenRun(DrivenRun.Table("main", "x", "y")).CompleteAll();
        run.Amend(DrivenRun.Table("main", "y"));

        run.Amend(DrivenRun.Table("main", "x=with another text", "y"));

        Assert.Contains("worker/x", run.Launch());
        Assert.Equal(2, run.AttemptOf("worker/x"));
    }

    [Fact]
    public void A_task_that_comes_back_as_it_was_keeps_its_result()
    {
        var run = new DrivenRun(DrivenRun.Table("main", "x", "y")).CompleteAll();
        run.Amend(DrivenRun.Table("main", "y"));

        run.Amend(DrivenRun.Table("main", "x", "y"));

        Assert.Empty(run.Launch());
        Assert.Equal(2, run.State.Census.Verified);
        Assert.Equal("Done. worker/x", run.State.SummaryOf(0));
    }

    [Fact]
    public void Reading_a_return_that_came_before_the_line_was_needed_needs_the_journal()
    {
        var run = new DrivenRun(DrivenRun.Table(12)).CompleteAll();
        Assert.Null(run.State.SummaryOf(0));
        var few = DrivenRun.Table(2);

        Assert.Equal(["worker/t1", "worker/t2"], run.State.SummariesWanted(few).Keys.Order());
        run.State.Evolve(
            new(run.State.Version + 1, 1, run.Now, new RunEvent.PlanAmended(DrivenRun.Plain, 2, "00")), few,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["worker/t1"] = "Done. One.", ["worker/t2"] = "Done. Two." });

        Assert.Equal(("Done. One.", "Done. Two."), (run.State.SummaryOf(0), run.State.SummaryOf(1)));
    }
}
