using Muster.Dispatch;
using Muster.Runs;
using Muster.Synthesis;
using Muster.Tests.Journal;

namespace Muster.Tests.Dispatch;

/// <summary>Every coordinator is told its gaps and its denominator (fault 85), on whatever level it stands.</summary>
public sealed class AttemptInputsReaderTests
{
    [Fact]
    public void A_coordinator_of_coordinators_is_told_the_gaps_below_it_by_name()
    {
        var run = Run(workers: 20, failed: [3, 11]);

        var inputs = AttemptInputsReader.Read(run, new(run.Table.Count - 1, 1, Recover: false, null, MaySendBack: true));

        Assert.Equal((20, 18), (inputs.Planned, inputs.Verified));
        Assert.Equal(["w3: no file", "w11: no file"], inputs.Gaps);
    }

    [Fact]
    public void The_first_twenty_gaps_are_named_and_the_rest_is_counted_by_reason()
    {
        var run = Run(workers: 80, failed: [.. Enumerable.Range(0, 27)]);

        var gaps = AttemptInputsReader.Read(run, new(run.Table.Count - 1, 1, Recover: false, null, MaySendBack: true)).Gaps;

        Assert.Equal(21, gaps.Length);
        Assert.Equal("w19: no file", gaps[19]);
        Assert.Contains("7 more", gaps[20], StringComparison.Ordinal);
        Assert.Contains("7 × no file", gaps[20], StringComparison.Ordinal);
    }

    [Fact]
    public void A_synthesis_that_is_missing_is_one_gap_with_the_workers_that_are_lost_with_it()
    {
        var run = Run(workers: 20, failed: [20]);

        var inputs = AttemptInputsReader.Read(run, new(run.Table.Count - 1, 1, Recover: false, null, MaySendBack: true));

        Assert.Equal((20, 14), (inputs.Planned, inputs.Verified));
        Assert.Equal([$"{run.Table[20].Id}: no file (6 workers below it)"], inputs.Gaps);
    }

    private static RunState Run(int workers, int[] failed)
    {
        var header = GoldenPlan.Header with { Domains = [new("one", "One")] };
        var tree = new SynthesisTree(header);
        for (var i = 0; i < workers; i++)
        {
            tree.AddWorker($"w{i}", "one", Tier.Haiku, "scripted", default, null, []);
        }

        var run = new RunState(tree.Build());
        void Take(RunEvent e) => run.Evolve(new(run.Version + 1, 1, default, e));
        Take(new RunEvent.RunPlanned(header, workers, "00"));
        for (var i = 0; i < run.Table.Count - 1; i++)
        {
            Take(new RunEvent.AttemptStarted(run.Table[i].Key, 1, "scripted", new('0', 64), 0, 0, 0));
            Take(failed.Contains(i)
                ? new RunEvent.AttemptFailed(run.Table[i].Key, 1, FailureClass.Agent, "no file", Usage.None, null)
                : new RunEvent.AttemptVerified(run.Table[i].Key, 1, 10, new('0', 64), 5, "Done.", Usage.None, null));
        }

        return run;
    }
}
