using System.Text.RegularExpressions;
using Muster.Runs;
using Muster.Tests.Journal;
using Muster.Tests.Simulation;

namespace Muster.Tests.Runs;

/// <summary>docs/run-lifecycle.md says what the code does: its table is compared with every transition that is seen.</summary>
public sealed partial class RunLifecycleTests
{
    [Fact]
    public void The_table_of_steps_has_every_transition_that_happens_and_no_other()
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 400; seed++)
        {
            SimulatedRun.Go(seed, transitions: seen);
        }

        Drive(seen);

        Assert.Equal(string.Join("\n", Documented()), string.Join("\n", seen));
    }

    /// <summary>What a person asks for, which the simulation does not do.</summary>
    private static void Drive(SortedSet<string> seen)
    {
        var run = new RunState(GoldenPlan.Table());
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        void Take(RunEvent e) => SimulatedRun.Evolve(run, new(run.Version + 1, 1, at, e), seen);
        Take(new RunEvent.RunPlanned(GoldenPlan.Header, 3, "00"));
        Take(new RunEvent.AttemptStarted("worker/a", 1, "scripted", run.FingerprintOf(0).ToString(), 0, 0, 0));
        Take(new RunEvent.AttemptVerified("worker/a", 1, 1, new('0', 64), 1, "Done.", Usage.None, null));
        foreach (var e in RunDecider.Decide(run, new RunCommand.RetrySteps("worker/a")))
        {
            Take(e is RunEvent.StepReset reset ? reset with { Discard = false } : e);
        }

        Take(new RunEvent.StepReused("worker/a", 1));
        Take(new RunEvent.AttemptStarted("worker/b", 1, "scripted", new('0', 64), 0, 0, 0));
        foreach (var e in RunDecider.Decide(run, new RunCommand.FailAttempt("worker/b", 1, FailureClass.Permanent, "no key", Usage.None, null, at, 0)))
        {
            Take(e);
        }

        foreach (var e in RunDecider.Decide(run, new RunCommand.RetrySteps(null)))
        {
            Take(e);
        }

        Take(new RunEvent.AttemptStarted("worker/b", 2, "scripted", new('0', 64), 0, 0, 0));
        Take(new RunEvent.AttemptVerified("worker/b", 2, 1, new('0', 64), 1, "Done.", Usage.None, null));
        Take(new RunEvent.AttemptStarted("worker/c", 1, "scripted", new('0', 64), 0, 0, 0));
        foreach (var e in RunDecider.Decide(run, new RunCommand.DistrustStep("worker/b", 2, "changed")))
        {
            Take(e);
        }

        Take(new RunEvent.AttemptStarted("worker/b", 3, "scripted", new('0', 64), 0, 0, 0));
        foreach (var e in RunDecider.Decide(run, new RunCommand.FailAttempt("worker/b", 3, FailureClass.Permanent, "no key", Usage.None, null, at, 0)))
        {
            Take(e);
        }
    }

    private static SortedSet<string> Documented()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Muster.slnx")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return new(
            RowPattern().Matches(File.ReadAllText(Path.Combine(root, "docs", "run-lifecycle.md")))
                .Select(m => $"{m.Groups["from"].Value} {m.Groups["by"].Value} {m.Groups["to"].Value}"),
            StringComparer.Ordinal);
    }

    [GeneratedRegex(@"^\| (?<from>\w+) \| `(?<by>\w+)` \| (?<to>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex RowPattern();
}
