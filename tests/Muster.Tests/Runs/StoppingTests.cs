using Muster.Runs;

namespace Muster.Tests.Runs;

/// <summary>Pauses, cancellation and going on.</summary>
public sealed class StoppingTests
{
    [Fact]
    public void A_run_cancelled_during_a_pause_does_not_start_again_when_the_pause_is_over()
    {
        var run = Paused(out var until);
        run.Do(new RunCommand.CancelRun("asked"));

        Assert.Null(run.State.Pause);
        run.Now = until;
        Assert.Empty(run.Do(new RunCommand.EndPause(run.Now)));
        Assert.Equal(RunStatus.Cancelled, run.State.Status);
        Assert.Empty(run.Launch());
    }

    [Fact]
    public void A_pause_ends_when_its_time_has_come_and_not_before()
    {
        var run = Paused(out var until);
        run.Now = until.AddSeconds(-1);
        Assert.Empty(run.Do(new RunCommand.EndPause(run.Now)));

        run.Now = until;
        run.Do(new RunCommand.EndPause(run.Now));

        Assert.Equal(RunStatus.Running, run.State.Status);
    }

    [Fact]
    public void A_pause_without_an_end_is_not_ended_by_time()
    {
        var run = new DrivenRun(DrivenRun.Table(1));
        run.Do(new RunCommand.PauseRun(PauseKind.Machine, "no root", null));
        run.Now = run.Now.AddDays(9);

        Assert.Empty(run.Do(new RunCommand.EndPause(run.Now)));
    }

    [Fact]
    public void Cancelling_twice_and_cancelling_what_is_finished_changes_nothing()
    {
        var run = new DrivenRun(DrivenRun.Table(1));
        Assert.NotEmpty(run.Do(new RunCommand.CancelRun("asked")));
        Assert.Empty(run.Do(new RunCommand.CancelRun("asked again")));

        var finished = new DrivenRun(DrivenRun.Table(1)).CompleteAll();
        finished.Do(new RunCommand.FinishRun(1));
        Assert.Empty(finished.Do(new RunCommand.CancelRun("too late")));
    }

    [Fact]
    public void A_fault_of_the_machine_that_stays_pauses_the_run_for_a_person_in_the_end()
    {
        var run = new DrivenRun(DrivenRun.Table(1));
        var began = run.Now;
        for (var i = 0; i < 200; i++)
        {
            Assert.Single(run.Launch());
            run.Fail("worker/t1", FailureClass.Machine, "the root is gone");
            if (run.State.Pause!.Until is not { } until)
            {
                break;
            }

            run.Now = until;
            run.Do(new RunCommand.EndPause(run.Now));
        }

        Assert.Equal((RunStatus.Paused, (DateTimeOffset?)null), (run.State.Status, run.State.Pause!.Until));
        Assert.InRange(run.Now - began, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1));

        run.Do(new RunCommand.ContinueRun("resume"));
        run.Now = run.Now.AddMinutes(1);
        Assert.Single(run.Launch());
        run.Fail("worker/t1", FailureClass.Machine, "the root is gone");
        Assert.NotNull(run.State.Pause!.Until); // A person looked: it is waited for again.
    }

    [Fact]
    public void A_command_that_is_refused_stops_nobody_elses_command()
    {
        var run = new DrivenRun(DrivenRun.Table(3, "command"));
        run.Launch();

        run.Fail("worker/t1", FailureClass.Permanent, "there is no program 'scan'");

        Assert.Equal(StepStatus.Failed, run["worker/t1"].Status);
        Assert.Empty(run.State.StoppedAgents);
    }

    private static DrivenRun Paused(out DateTimeOffset until)
    {
        var run = new DrivenRun(DrivenRun.Table(2));
        until = run.Now.AddMinutes(5);
        run.Do(new RunCommand.PauseRun(PauseKind.Quota, "used up", until));
        return run;
    }
}
