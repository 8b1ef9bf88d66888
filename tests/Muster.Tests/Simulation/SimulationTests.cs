using System.Globalization;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>
/// The promises under faults 6, 16, 32, 34 to 36, 38 to 43, 45, 47, 51, 52, 61 and 87: killed engines, lost, late and doubled reports,
/// a journal that is full or does not answer, a wall clock that jumps, a second engine.
/// </summary>
public sealed class SimulationTests
{
    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("MUSTER_SEEDS"), CultureInfo.InvariantCulture, out var seeds) ? seeds : 2_000;

    [Fact]
    public void No_promise_is_broken_whatever_fails_and_every_run_ends() =>
        Parallel.For(0, Seeds, seed => SimulatedRun.Go(seed));

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var (first, second) = (SimulatedRun.Go(7), SimulatedRun.Go(7));

        Assert.Equal((first.Version, first.Spent, first.Census), (second.Version, second.Spent, second.Census));
    }

    [Fact]
    public void The_oracle_notices_a_core_that_tries_too_often() => Notices("was tried again", plant => plant with
    {
        Decide = (run, command) => RunDecider.Decide(run, command).Select(e =>
            e is RunEvent.AttemptFailed { Class: FailureClass.Agent, RetryAt: null } failed ? failed with { RetryAt = run.LastAt } : e).ToList(),
    });

    [Fact]
    public void The_oracle_notices_a_core_that_forgets_what_a_failure_cost() => Notices("spend is told as", plant => plant with
    {
        Committed = null,
        Decide = (run, command) => command is RunCommand.LoseAttempt ? [] : RunDecider.Decide(run, command),
    }, "waits for something that will never come");

    [Fact]
    public void The_oracle_notices_a_core_that_verifies_twice() => Notices("ended without having been under way", plant => plant with
    {
        Decide = (run, command) => RunDecider.Decide(run, command) is [RunEvent.AttemptVerified verified, ..] events
            ? [.. events, new RunEvent.AttemptDiscarded(verified.Step, verified.Attempt, "again", verified.Usage)]
            : RunDecider.Decide(run, command),
    });

    [Fact]
    public void The_oracle_notices_an_outcome_that_is_told_too_well() => Notices("the outcome is told as", plant => plant with
    {
        Decide = (run, command) => RunDecider.Decide(run, command).Select(e =>
            e is RunEvent.RunFinished finished ? finished with { Outcome = RunStatus.Complete } : e).ToList(),
    });

    [Fact]
    public void The_oracle_notices_a_journal_that_loses_what_it_took() => Notices("before its intent was durable", plantJournal: journal => new ForgetfulJournal(journal));

    [Fact]
    public void The_oracle_notices_a_launch_over_the_capacity() => Notices("over the capacity", plant => plant with
    {
        Launch = (run, now) => RunDecider.Launch(run, now).Concat(OneMore(run, now)),
    });

    private static IEnumerable<RunEvent> OneMore(RunState run, DateTimeOffset now)
    {
        if (run.IsLaunching && run.NextReady(now.UtcTicks, workersOnly: false) is >= 0 and var step && run.UnitsInUse > 0)
        {
            yield return new RunEvent.AttemptStarted(
                run.Table[step].Key, run[step].Attempt + 1, "main", run.FingerprintOf(step).ToString(), 0, 0, 0);
        }
    }

    private static void Notices(
        string promise, Func<Muster.Dispatch.RunLoopParts, Muster.Dispatch.RunLoopParts>? plant = null, params string[] orElse)
        => NoticesIn(promise, plant, null, orElse);

    private static void Notices(string promise, Func<IJournal, IJournal> plantJournal) => NoticesIn(promise, null, plantJournal, []);

    private static void NoticesIn(
        string promise, Func<Muster.Dispatch.RunLoopParts, Muster.Dispatch.RunLoopParts>? plant, Func<IJournal, IJournal>? plantJournal, string[] orElse)
    {
        var noticed = new List<string>();
        for (var seed = 0; seed < 200; seed++)
        {
            try
            {
                SimulatedRun.Go(seed, plant, plantJournal);
            }
            catch (SimulationException e)
            {
                noticed.Add(e.Message.Split('\n')[0]);
            }
        }

        Assert.Contains(noticed, message => orElse.Append(promise).Any(p => message.Contains(p, StringComparison.Ordinal)));
    }

    private sealed class ForgetfulJournal(IJournal journal) : IJournal
    {
        private int appends;

        public long Version => journal.Version;

        public long Epoch => journal.Epoch;

        public long ClaimEpoch() => journal.ClaimEpoch();

        public AppendOutcome Append(long expectedVersion, long epoch, IReadOnlyList<RunEntry> entries) =>
            ++appends == 5 ? AppendOutcome.Appended : journal.Append(expectedVersion, epoch, entries);

        public IEnumerable<RunEntry> ReadAfter(long version) => journal.ReadAfter(version);

        public void Dispose() => journal.Dispose();
    }
}
