using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>What counts towards giving a step up, and what the next attempt is told.</summary>
public sealed class TryingAgainTests
{
    [Fact]
    public void A_busy_provider_is_given_up_after_so_much_waiting_however_long_the_run_lasts()
    {
        var run = new DrivenRun(DrivenRun.Table(1));
        run.Launch();
        run.Fail("worker/t1", FailureClass.Transient);
        run.Now = run.Now.AddHours(5); // The engine was away, or the attempt went on for long.
        run.Launch();

        run.Fail("worker/t1", FailureClass.Transient);

        Assert.Equal(StepStatus.Retrying, run["worker/t1"].Status);
    }

    [Fact]
    public void A_provider_that_stays_busy_is_given_up_in_the_end()
    {
        var run = new DrivenRun(DrivenRun.Table(1));
        var began = run.Now;
        for (var i = 0; i < 1_000 && !run["worker/t1"].IsFinal; i++)
        {
            run.Launch();
            run.Fail("worker/t1", FailureClass.Transient);
            run.Now = new(Math.Max(run.Now.UtcTicks, run.State.RetryAtOf(0)), TimeSpan.Zero);
        }

        Assert.Equal(StepStatus.Failed, run["worker/t1"].Status);
        Assert.InRange(run.Now - began, TimeSpan.FromMinutes(28), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public void The_next_attempt_is_told_what_the_agent_did_wrong_and_nothing_else()
    {
        var run = new DrivenRun(DrivenRun.Table(1), DrivenRun.Plain with { Retries = RetryPolicy.Default with { Retries = 3 } });
        run.Launch();
        run.Fail("worker/t1", FailureClass.Transient, "529 overloaded");
        Assert.Null(run.State.RemarkOf(0));
        run.Now = run.Now.AddMinutes(1);
        run.Launch();
        run.Fail("worker/t1", FailureClass.Agent, "the last line is not the sentinel");
        run.Launch();
        run.Fail("worker/t1", FailureClass.Transient, "529 overloaded");
        run.Now = run.Now.AddMinutes(1);
        run.Launch();

        Assert.Equal(("the last line is not the sentinel", "529 overloaded"), (run.State.RemarkOf(0), run.State.ReasonOf(0)));
        run.Do(new RunCommand.LoseAttempt("worker/t1", run.AttemptOf("worker/t1"), "its engine went away"));
        Assert.Equal("the last line is not the sentinel", run.State.RemarkOf(0));
        run.Launch();
        run.Complete("worker/t1");
        Assert.Null(run.State.RemarkOf(0));
    }

    [Fact]
    public void Reasons_are_kept_short_and_once()
    {
        var run = new DrivenRun(DrivenRun.Table(2));
        run.Launch();
        foreach (var step in new[] { "worker/t1", "worker/t2" })
        {
            run.Fail(step, FailureClass.Permanent, new string('x', 60_000));
        }

        Assert.InRange(run.State.ReasonOf(0)!.Length, 200, 301);
        Assert.Same(run.State.ReasonOf(0), run.State.ReasonOf(1));
    }

    [Fact]
    public void A_run_without_the_syntheses_that_were_planned_has_failed()
    {
        var run = new DrivenRun(DrivenRun.Table(10));
        while (run.Launch() is { Count: > 0 } started)
        {
            foreach (var step in started)
            {
                if (step.StartsWith("synthesis/", StringComparison.Ordinal))
                {
                    run.Fail(step, FailureClass.Agent);
                }
                else
                {
                    run.Complete(step);
                }
            }
        }

        Assert.Equal((10, 0, 0), (run.State.Census.Verified, run.State.Coordinators.Verified, run.State.OpenSteps));
        Assert.Equal(RunStatus.Failed, RunDecider.OutcomeOf(run.State));
    }
}
