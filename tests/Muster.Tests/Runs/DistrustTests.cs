using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>Fault 33: a published file that is not what was sealed.</summary>
public sealed class DistrustTests
{
    [Fact]
    public void Two_readers_that_find_the_same_file_changed_have_it_done_again_once()
    {
        var run = new DrivenRun(DrivenRun.Table(2)).CompleteAll();
        Assert.NotEmpty(run.Do(new RunCommand.DistrustStep("worker/t1", 1, "changed")));
        Assert.Empty(run.Do(new RunCommand.DistrustStep("worker/t1", 1, "changed")));
        Assert.Equal(["worker/t1"], run.Launch());

        Assert.Empty(run.Do(new RunCommand.DistrustStep("worker/t1", 1, "changed")));

        Assert.Equal((StepStatus.Running, 2), (run["worker/t1"].Status, run.AttemptOf("worker/t1")));
        run.Complete("worker/t1");
        Assert.Empty(run.Do(new RunCommand.DistrustStep("worker/t1", 1, "a late report of the first file")));
    }

    [Fact]
    public void A_reader_under_way_waits_for_its_attempt_to_end_and_what_that_made_of_the_old_file_does_not_count()
    {
        var run = new DrivenRun(DrivenRun.Table(10));
        while (run.Launch() is { Count: > 0 } started && !started[0].StartsWith("synthesis", StringComparison.Ordinal))
        {
            foreach (var step in started)
            {
                run.Complete(step);
            }
        }

        Assert.Equal(StepStatus.Running, run["synthesis/d/1"].Status);
        run.Do(new RunCommand.DistrustStep("worker/t1", 1, "changed"));

        Assert.Equal(["worker/t1"], run.Launch());
        run.Complete("worker/t1");
        Assert.Empty(run.Launch()); // The attempt at what it read before is still under way.
        Assert.IsType<RunEvent.AttemptDiscarded>(Assert.Single(run.Complete("synthesis/d/1", new(5, 5, 0.1m))));
        Assert.Contains("synthesis/d/1", run.Launch());
        run.Complete("synthesis/d/1");
        Assert.Equal(StepStatus.Verified, run["synthesis/d/1"].Status);
    }

    [Fact]
    public void An_outdated_reader_that_fails_loses_no_retry()
    {
        var run = new DrivenRun(DrivenRun.Table(10));
        foreach (var step in run.Launch())
        {
            run.Complete(step);
        }

        Assert.Contains("synthesis/d/1", run.Launch());
        run.Do(new RunCommand.DistrustStep("worker/t1", 1, "changed"));
        run.Fail("synthesis/d/1", FailureClass.Agent);

        Assert.Equal((StepStatus.Pending, 0), (run["synthesis/d/1"].Status, run["synthesis/d/1"].AgentFailures));
    }

    [Fact]
    public void A_file_that_is_changed_again_and_again_becomes_a_gap()
    {
        var run = new DrivenRun(DrivenRun.Table(2)).CompleteAll();
        for (var i = 0; i < 20 && run["worker/t1"].Status is StepStatus.Verified; i++)
        {
            run.Do(new RunCommand.DistrustStep("worker/t1", run.AttemptOf("worker/t1"), "changed"));
            run.CompleteAll();
        }

        Assert.Equal(StepStatus.Skipped, run["worker/t1"].Status);
        Assert.InRange(run.AttemptOf("worker/t1"), 2, 5);
        Assert.Equal(RunStatus.CompleteWithGaps, RunDecider.OutcomeOf(run.State));
    }

    [Fact]
    public void A_finished_run_whose_file_is_gone_has_work_again()
    {
        var run = new DrivenRun(DrivenRun.Table(2)).CompleteAll();
        run.Do(new RunCommand.FinishRun(1));

        run.Do(new RunCommand.DistrustStep("worker/t1", 1, "missing"));

        Assert.True(run.State.IsLaunching);
        Assert.Equal(["worker/t1"], run.Launch());
    }
}
