using Muster.Dispatch;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>Bugs are planted in the rules, the loop's parts and the journal: the oracle must notice each, and say what it is.</summary>
public sealed class OracleTests
{
    private const int Seeds = 300;

    private static readonly Dictionary<string, (string Promise, Func<RunLoopParts, RunLoopParts> Plant)> Bugs = new(StringComparer.Ordinal)
    {
        ["tries once too often"] = ("was tried again, or given up", Rewriting<RunEvent.AttemptFailed>((e, run) =>
            e is { Class: FailureClass.Agent, RetryAt: null } ? e with { RetryAt = run.LastAt } : e)),
        ["gives up too soon"] = ("was tried again, or given up", Rewriting<RunEvent.AttemptFailed>((e, _) =>
            e.Class is FailureClass.Agent ? e with { RetryAt = null } : e)),
        ["gives up for a fault of the machine"] = ("was given up for a Machine failure", Rewriting<RunEvent.AttemptFailed>((e, _) =>
            e.Class is FailureClass.Machine ? e with { RetryAt = null } : e)),
        ["does not wait as long as it was asked"] = ("before the 00:00:05 that were asked for", Rewriting<RunEvent.AttemptFailed>((e, run) =>
            e is { Class: FailureClass.Transient, RetryAt: not null } ? e with { RetryAt = run.LastAt } : e)),
        ["forgets what a failure cost"] = (", told as Usage", Rewriting<RunEvent.AttemptFailed>((e, _) => e with { Usage = Usage.None })),
        ["never gives a lost attempt up"] = ("was lost", Rewriting<RunEvent.AttemptLost>((e, _) => e with { Final = false })),
        ["loses an attempt without a word"] = ("waits for something that will never come", plant => plant with
        {
            Decide = (run, command) => command is RunCommand.LoseAttempt ? [] : RunDecider.Decide(run, command),
        }),
        ["does again by itself what may have been paid for"] = ("although nobody knows whether it was paid for", plant => plant with
        {
            Decide = (run, command) => command is RunCommand.LeaveUndecided lost && run.LiveAttemptOf(run.Table.IndexOf(lost.Step), lost.Attempt) is not null
                ? [new RunEvent.AttemptDiscarded(lost.Step, lost.Attempt, lost.Reason, Usage.None)]
                : RunDecider.Decide(run, command),
        }),
        ["records an outcome twice"] = ("ended without having been under way", After<RunEvent.AttemptVerified>((e, _) =>
            [new RunEvent.AttemptDiscarded(e.Step, e.Attempt, "again", e.Usage)])),
        ["tells the outcome too well"] = ("the outcome is told as", Rewriting<RunEvent.RunFinished>((e, _) => e with { Outcome = RunStatus.Complete })),
        ["finishes while steps are open"] = ("open steps", After<RunEvent.AttemptVerified>((_, run) =>
            [new RunEvent.RunFinished(RunStatus.Complete, 0, run.FlatTokens)])),
        ["pays again for what is finished"] = ("although nobody asked and nothing it read has changed", After<RunEvent.AttemptVerified>((e, _) =>
            [new RunEvent.StepReset(e.Step, "why not", Discard: true)])),
        ["launches over the capacity"] = ("over the capacity", LaunchingMore(run => run.UnitsInUse > 0 && run.UnitsInUse + 6 > run.Capacity)),
        ["launches over the cap of agents"] = ("attempt ", LaunchingMore(run => run.Limits.Agents is { } agents && run.Attempts >= agents)),
        ["launches over the cap of tokens"] = ("tokens", LaunchingMore(run => run.Limits is { Tokens: not null, Agents: null, Usd: null, Wall: null } && run.UnitsInUse + 6 <= run.Capacity)),
        ["launches over the cap of cost"] = ("USD", LaunchingMore(run => run.Limits is { Usd: not null, Agents: null, Tokens: null, Wall: null } && run.UnitsInUse + 6 <= run.Capacity)),
        ["takes an unknown cost for none"] = ("USD", LaunchingMore(run => run.Limits.Usd is not null && run.Spent.Usd is null && run.UnitsInUse + 6 <= run.Capacity)),
        ["launches after the wall clock's cap"] = ("was launched after", plant => LaunchingMore(run => run.Limits is { Wall: not null, Agents: null, Tokens: null, Usd: null } && run.UnitsInUse + 6 <= run.Capacity)(plant) with
        {
            Decide = (run, command) => command is RunCommand.PauseRun { Kind: PauseKind.Cap } ? [] : RunDecider.Decide(run, command),
        }),
        ["sets aside more than is left"] = ("more was set aside", plant => plant with
        {
            Decide = (run, command) => command is RunCommand.RaiseReserve raise && run.LiveAttemptOf(run.Table.IndexOf(raise.Step), raise.Attempt) is not null
                ? [new RunEvent.ReserveRaised(raise.Step, raise.Attempt, 1_000_000_000, 1_000)]
                : RunDecider.Decide(run, command),
        }),
        ["starts a wave before the last is over"] = ("before the wave before was over", plant => plant with
        {
            Launch = (run, now) => RunDecider.Launch(run, now).Concat(OneMore(run, now, r => r.Header.Waves && r.UnitsInUse + 6 <= r.Capacity, run.Wave + 1)),
        }),
        ["goes on over a used-up quota"] = ("although the run had to stop", Without<RunEvent.RunPaused>(e => e.Kind is PauseKind.Quota)),
        ["goes on while most tasks fail"] = ("although the run had to stop", Without<RunEvent.RunPaused>(e => e.Kind is PauseKind.FailureRate)),
        ["goes on with a refused credential"] = ("which had been refused", Without<RunEvent.AgentStopped>(_ => true)),
        ["does not skip what comes after a failure"] = ("did not end although nothing failed any more", Without<RunEvent.StepSkipped>(_ => true)),
        ["skips without a cause"] = ("was skipped without a cause", plant => plant with
        {
            Launch = (run, now) => RunDecider.Launch(run, now).Select(e =>
                e is RunEvent.AttemptStarted { Attempt: 1 } started && started.Step.EndsWith("t3", StringComparison.Ordinal) ? new RunEvent.StepSkipped(started.Step, "why not") : e),
        }),
        ["takes over what has changed"] = ("was taken over although", plant => plant with
        {
            Launch = (run, now) => RunDecider.Launch(run, now).Select(e =>
                e is RunEvent.AttemptStarted started && run[run.Table.IndexOf(started.Step)].VerifiedAttempt is > 0 and var attempt ? new RunEvent.StepReused(started.Step, attempt) : e),
        }),
        ["does not tell a coordinator its gaps"] = ("was not told of every gap", plant => plant with
        {
            Read = (run, order) => AttemptInputsReader.Read(run, order) with { Gaps = [] },
        }),
        ["tells a coordinator a smaller denominator"] = ("was told a wrong denominator", plant => plant with
        {
            Read = (run, order) => AttemptInputsReader.Read(run, order) is var inputs ? inputs with { Planned = inputs.Verified } : null!,
        }),
        ["gives a reader what was not published"] = ("which is not what was published", plant => plant with
        {
            Read = (run, order) => AttemptInputsReader.Read(run, order) is var inputs ? inputs with { Files = [.. inputs.Files.Select(f => f with { Sha256 = default })] } : null!,
        }),
        ["believes the wall clock"] = ("the journal's time ran backwards", plant => plant with { Time = new WallClock(plant.Time) }),
        ["writes on after it was replaced"] = ("wrote on although another had taken over", plant => plant),
        ["believes a journal that lost what it took"] = ("census: ", plant => plant),
    };

    public static TheoryData<string> Names => [.. Bugs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_oracle_notices_an_engine_that(string bug)
    {
        var (promise, plant) = Bugs[bug];
        Func<IJournal, IJournal>? journal = bug switch
        {
            "writes on after it was replaced" => inner => new StubbornJournal(inner),
            "believes a journal that lost what it took" => inner => new ForgetfulJournal(inner),
            _ => null,
        };
        var noticed = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Seeds && !noticed.Any(message => message.Contains(promise, StringComparison.Ordinal)); seed++)
        {
            try
            {
                SimulatedRun.Go(seed, plant, journal);
            }
            catch (SimulationException e)
            {
                noticed.Add(e.Message.Split('\n')[0]);
            }
        }

        Assert.Contains(noticed, message => message.Contains(promise, StringComparison.Ordinal));
    }

    private static Func<RunLoopParts, RunLoopParts> Rewriting<T>(Func<T, RunState, RunEvent> rewrite)
        where T : RunEvent => plant => plant with
        {
            Decide = (run, command) => [.. RunDecider.Decide(run, command).Select(e => e is T t ? rewrite(t, run) : e)],
        };

    private static Func<RunLoopParts, RunLoopParts> After<T>(Func<T, RunState, IEnumerable<RunEvent>> more)
        where T : RunEvent => plant => plant with
        {
            Decide = (run, command) => [.. RunDecider.Decide(run, command).SelectMany(e => e is T t ? more(t, run).Prepend(e) : [e])],
        };

    private static Func<RunLoopParts, RunLoopParts> Without<T>(Func<T, bool> isDropped)
        where T : RunEvent => plant => plant with
        {
            Decide = (run, command) => [.. RunDecider.Decide(run, command).Where(e => e is not T t || !isDropped(t))],
        };

    private static Func<RunLoopParts, RunLoopParts> LaunchingMore(Func<RunState, bool> when) => plant => plant with
    {
        Launch = (run, now) => RunDecider.Launch(run, now).Concat(OneMore(run, now, when, run.Wave)),
    };

    private static IEnumerable<RunEvent> OneMore(RunState run, DateTimeOffset now, Func<RunState, bool> when, int wave)
    {
        if (run.IsLaunching && run.NextReady(now.UtcTicks, run.Header.Waves && run.HasOpenWorkers) is >= 0 and var step && when(run))
        {
            yield return new RunEvent.AttemptStarted(
                run.Table[step].Key, run[step].Attempt + 1, run.Table.Agents[run.Table[step].Agent], run.FingerprintOf(step).ToString(), wave,
                run.Limits.AttemptTokens ?? 0, run.Limits.AttemptUsd);
        }
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

    /// <summary>Does not let itself be fenced: it claims the epoch back and writes all the same.</summary>
    private sealed class StubbornJournal(IJournal journal) : IJournal
    {
        public long Version => journal.Version;

        public long Epoch => journal.Epoch;

        public long ClaimEpoch() => journal.ClaimEpoch();

        public AppendOutcome Append(long expectedVersion, long epoch, IReadOnlyList<RunEntry> entries)
        {
            if (journal.Append(expectedVersion, epoch, entries) is not AppendOutcome.Refused and var outcome)
            {
                return outcome;
            }

            var claimed = journal.ClaimEpoch();
            return journal.Append(expectedVersion, claimed, [.. entries.Select(e => e with { Epoch = claimed })]);
        }

        public IEnumerable<RunEntry> ReadAfter(long version) => journal.ReadAfter(version);

        public void Dispose() => journal.Dispose();
    }

    /// <summary>Measures durations by the clock on the wall.</summary>
    private sealed class WallClock(TimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => time.GetUtcNow().UtcTicks;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }
}
