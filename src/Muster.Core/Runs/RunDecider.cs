using System.Diagnostics;

namespace Muster.Runs;

/// <summary>The rules of a run. Pure: no clock, file, id or chance of its own.</summary>
public static class RunDecider
{
    private const int LeastFinalsForBreaker = 30;
    private const int LeastCapacity = 6;
    private const string Outdated = "its step was reset while it ran";

    /// <summary>What follows from a command where the run stands; empty when it is stale or changes nothing.</summary>
    /// <exception cref="RunStateException">A person asked for something that does not fit.</exception>
    public static IReadOnlyList<RunEvent> Decide(RunState run, RunCommand command) => command switch
    {
        RunCommand.EndAttempt c => run.LiveAttemptOf(IndexOf(run, c.Step), c.Attempt) is { Used: null }
            ? [new RunEvent.AttemptEnded(c.Step, c.Attempt, c.Usage)]
            : [],
        RunCommand.StallAttempt c => run.IsLaunching ? [new RunEvent.RunPaused(PauseKind.Machine, c.Reason, c.Now + c.RetryAfter)] : [],
        RunCommand.CompleteAttempt c => Complete(run, c),
        RunCommand.FailAttempt c => Fail(run, c),
        RunCommand.LoseAttempt c => Lose(run, c),
        RunCommand.DiscardAttempt c => run.LiveAttemptOf(IndexOf(run, c.Step), c.Attempt) is null
            ? []
            : [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, c.Reason, c.Usage)],
        RunCommand.PauseRun c => run.IsLaunching ? [new RunEvent.RunPaused(c.Kind, c.Reason, c.Until)] : [],
        RunCommand.ContinueRun c => run.IsLaunching || run.IsFinished ? [] : [new RunEvent.RunContinued(c.Reason)],
        RunCommand.CancelRun c => run.IsFinished || run.Status is RunStatus.Cancelled
            ? throw RunStateException.NotOpen(run)
            : [new RunEvent.RunCancelled(c.Reason)],
        RunCommand.RetrySteps c => Retry(run, c),
        RunCommand.DistrustStep c => Distrust(run, c),
        RunCommand.ChangeLimits c => c.Limits == run.Limits ? [] : [new RunEvent.LimitsChanged(c.Limits)],
        RunCommand.FinishRun c => run.IsFinished || run.OpenSteps > 0
            ? []
            : [new RunEvent.RunFinished(OutcomeOf(run), c.ParentTokens, run.FlatTokens)],
        _ => throw new UnreachableException($"{command.GetType().Name} has no case in {nameof(Decide)}."),
    };

    /// <summary>
    /// What is launched next: one event at a time, each to be taken into <paramref name="run"/> before the next is asked for.
    /// Stops where capacity, a cap or a wave's end is reached.
    /// </summary>
    /// <param name="run">Evolved by the caller while it enumerates.</param>
    /// <param name="now">UTC.</param>
    public static IEnumerable<RunEvent> Launch(RunState run, DateTimeOffset now)
    {
        if (!run.IsLaunching || (run.Header.Waves && run.Live.Count > 0))
        {
            yield break;
        }

        var wave = run.Header.Waves ? run.Wave + 1 : 0;
        while (run.IsLaunching
            && run.NextReady(now.UtcTicks, run.Header.Waves && run.HasOpenWorkers) is >= 0 and var step)
        {
            if (NeedsNoAttempt(run, step) is { } settled)
            {
                yield return settled;
                foreach (var skipped in settled is RunEvent.StepSkipped ? SkipDependents(run, step) : [])
                {
                    yield return skipped;
                }

                continue;
            }

            if (run.UnitsInUse > 0 && run.UnitsInUse + run.Table[step].Units > run.Capacity)
            {
                yield break;
            }

            if (CapReached(run, now) is { } cap)
            {
                if (run.Live.Count == 0)
                {
                    yield return new RunEvent.RunPaused(PauseKind.Cap, cap, Until: null);
                }

                yield break;
            }

            ref readonly var row = ref run.Table[step];
            var free = run.Table.Agents[row.Agent] is "inspect" or "command";
            yield return new RunEvent.AttemptStarted(
                row.Key,
                run[step].Attempt + 1,
                run.Table.Agents[row.Agent],
                run.FingerprintOf(step).ToString(),
                wave,
                free ? 0 : run.Limits.AttemptTokens ?? 0,
                free ? 0 : run.Limits.AttemptUsd);
        }
    }

    /// <summary>The outcome when every step is final.</summary>
    public static RunStatus OutcomeOf(RunState run)
    {
        var (workers, coordinators) = (run.Census, run.Coordinators);
        if (workers.Verified == 0 || !HasSummary(run))
        {
            return RunStatus.Failed;
        }

        return workers.Verified == workers.Planned && coordinators.Verified == coordinators.Planned
            ? RunStatus.Complete
            : RunStatus.CompleteWithGaps;
    }

    /// <summary>Whether the parent gets anything to read: some synthesis at the top, or, in a flat run, the workers' own lines.</summary>
    private static bool HasSummary(RunState run)
    {
        for (var step = run.Table.WorkerCount; step < run.Table.Count; step++)
        {
            if (run.Table[step].Parent < 0 && run[step].Status is StepStatus.Verified)
            {
                return true;
            }
        }

        return run.Table.Count == run.Table.WorkerCount;
    }

    private static RunEvent? NeedsNoAttempt(RunState run, int step)
    {
        ref readonly var row = ref run.Table[step];
        if (run[step].VerifiedAttempt > 0 && run[step].Fingerprint == run.FingerprintOf(step))
        {
            return new RunEvent.StepReused(row.Key, run[step].VerifiedAttempt);
        }

        if (row.Role is Role.Coordinator && !AnyChildVerified(run, row))
        {
            return new RunEvent.StepSkipped(row.Key, "none of its files is there");
        }

        var agent = run.Table.Agents[row.Agent];
        return run.StoppedAgents.TryGetValue(agent, out var reason)
            ? new RunEvent.StepSkipped(row.Key, $"agent {agent} was stopped: {reason}")
            : null;
    }

    private static bool AnyChildVerified(RunState run, in StepRow row)
    {
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            if (run[child].Status is StepStatus.Verified)
            {
                return true;
            }
        }

        return false;
    }

    private static string? CapReached(RunState run, DateTimeOffset now)
    {
        var limits = run.Limits;
        if (limits.Agents is { } agents && run.Attempts + 1 > agents)
        {
            return $"the limit of {agents:N0} agents is reached";
        }

        if (limits.Tokens is { } tokens
            && run.Spent.Tokens + run.ReservedTokens + Math.Max(1, limits.AttemptTokens ?? 0) > tokens)
        {
            return $"the limit of {tokens:N0} tokens is reached: {run.Spent.Tokens:N0} spent";
        }

        if (limits.Usd is { } usd && (run.Spent.Usd is not { } spent
            || spent + run.ReservedUsd + (limits.AttemptUsd ?? 0) > usd
            || (spent >= usd && usd > 0)))
        {
            return run.Spent.Usd is null
                ? $"an attempt's cost is unknown, so the limit of {usd} USD cannot be held"
                : $"the limit of {usd} USD is reached: {run.Spent.Usd:0.00} USD spent";
        }

        return limits.Wall is { } wall && run.Wall + (now - run.LastAt) >= wall ? $"the limit of {wall} wall-clock time is reached" : null;
    }

    private static IReadOnlyList<RunEvent> Complete(RunState run, RunCommand.CompleteAttempt c)
    {
        var step = IndexOf(run, c.Step);
        if (run.LiveAttemptOf(step, c.Attempt) is null)
        {
            return []; // Reported twice, or settled before the engine went away.
        }

        if (!IsCurrent(run, step, c.Attempt))
        {
            return [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, Outdated, c.Usage)];
        }

        var verified = new RunEvent.AttemptVerified(
            c.Step, c.Attempt, c.Length, c.Sha256, c.Tokens, c.Summary, c.Usage, c.Warning, c.Findings, c.Notes);
        return run.Capacity < run.Header.Capacity
            ? [verified, new RunEvent.CapacityChanged(run.Capacity + 1, "an attempt succeeded")]
            : [verified];
    }

    private static List<RunEvent> Fail(RunState run, RunCommand.FailAttempt c)
    {
        var step = IndexOf(run, c.Step);
        if (run.LiveAttemptOf(step, c.Attempt) is not { } attempt)
        {
            return [];
        }

        if (!IsCurrent(run, step, c.Attempt))
        {
            return [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, $"{Outdated}: {c.Reason}", c.Usage)];
        }

        var retryAt = RetryAt(run, step, c);
        var events = new List<RunEvent>
        {
            new RunEvent.AttemptFailed(c.Step, c.Attempt, c.Class, c.Reason, c.Usage, retryAt),
        };
        if (retryAt is null)
        {
            events.AddRange(SkipDependents(run, step));
        }

        if (Consequence(run, c, attempt, step, final: retryAt is null) is { } consequence)
        {
            events.Add(consequence);
        }

        return events;
    }

    private static DateTimeOffset? RetryAt(RunState run, int step, RunCommand.FailAttempt c)
    {
        var retries = run.Header.Retries;
        switch (c.Class)
        {
            case FailureClass.Agent:
                return run[step].AgentFailures < retries.Retries ? c.Now : null;
            case FailureClass.Transient:
                var since = run[step].TransientSince is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : c.Now;
                var wait = retries.Backoff(run[step].TransientFailures + 1, c.Chance, c.RetryAfter);
                return c.Now + wait - since <= retries.TransientCeiling ? c.Now + wait : null;
            case FailureClass.Quota:
            case FailureClass.Machine:
                return c.Now + (c.RetryAfter ?? TimeSpan.Zero);
            default:
                return null;
        }
    }

    private static RunEvent? Consequence(
        RunState run, RunCommand.FailAttempt c, LiveAttempt attempt, int step, bool final)
    {
        switch (c.Class)
        {
            case FailureClass.Permanent:
                var agent = run.Table.Agents[run.Table[step].Agent];
                return run.StoppedAgents.ContainsKey(agent) ? null : new RunEvent.AgentStopped(agent, c.Reason);
            case FailureClass.Quota when run.IsLaunching:
                return new RunEvent.RunPaused(PauseKind.Quota, c.Reason, c.RetryAfter is { } quota ? c.Now + quota : null);
            case FailureClass.Machine when run.IsLaunching:
                return new RunEvent.RunPaused(PauseKind.Machine, c.Reason, c.Now + (c.RetryAfter ?? TimeSpan.FromSeconds(30)));
            case FailureClass.Transient when attempt.StartedAt >= run.LoweredAt && run.Capacity > LeastCapacity:
                return new RunEvent.CapacityChanged(Math.Max(LeastCapacity, run.Capacity / 2), c.Reason);
            case FailureClass.Agent when final && step < run.Table.WorkerCount && run.IsLaunching:
                var (failures, finals) = (run.RecentFailures + 1, run.RecentFinals + 1);
                return finals >= LeastFinalsForBreaker && failures * 2 > finals && run.Census.Open > 1
                    ? new RunEvent.RunPaused(
                        PauseKind.FailureRate, $"{failures:N0} of the last {finals:N0} tasks failed, the last one: {c.Reason}", null)
                    : null;
            default:
                return null;
        }
    }

    private static IReadOnlyList<RunEvent> Lose(RunState run, RunCommand.LoseAttempt c)
    {
        var step = IndexOf(run, c.Step);
        if (run.LiveAttemptOf(step, c.Attempt) is not { } attempt)
        {
            return [];
        }

        if (!IsCurrent(run, step, c.Attempt))
        {
            var usage = attempt.Used ?? new(attempt.ReservedTokens, 0, attempt.ReservedUsd ?? 0);
            return [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, $"{Outdated}: {c.Reason}", usage)];
        }

        var final = run[step].Lost + 1 >= run.Header.Retries.LostAttempts;
        var lost = new RunEvent.AttemptLost(c.Step, c.Attempt, c.Reason, final);
        return final ? [lost, .. SkipDependents(run, step)] : [lost];
    }

    /// <summary>Every step that comes after <paramref name="failed"/>, at any distance, is skipped.</summary>
    private static IEnumerable<RunEvent> SkipDependents(RunState run, int failed)
    {
        var seen = new HashSet<int>();
        var open = new Queue<(int Step, string Cause)>();
        open.Enqueue((failed, run.Table[failed].Id));
        while (open.TryDequeue(out var at))
        {
            foreach (var step in run.Table.Dependents.GetValueOrDefault(at.Step) ?? [])
            {
                if (!run[step].IsFinal && seen.Add(step))
                {
                    yield return new RunEvent.StepSkipped(run.Table[step].Key, $"{at.Cause} came first and failed");
                    open.Enqueue((step, run.Table[step].Id));
                }
            }
        }
    }

    /// <summary>Whether the attempt does what its step asks now: the step may have been reset while it ran.</summary>
    private static bool IsCurrent(RunState run, int step, int attempt) =>
        run[step].Status is StepStatus.Running && run[step].Attempt == attempt;

    private static List<RunEvent> Distrust(RunState run, RunCommand.DistrustStep c)
    {
        var step = IndexOf(run, c.Step);
        return run[step].Status is StepStatus.Verified && run[step].VerifiedAttempt == c.Attempt
            ? ResetWithReaders(run, [step], c.Reason, discard: true)
            : []; // Another reader saw it first.
    }

    private static IReadOnlyList<RunEvent> Retry(RunState run, RunCommand.RetrySteps c)
    {
        List<int> again = [];
        if (c.Step is { } key)
        {
            var step = IndexOf(run, key);
            again.Add(run[step].IsFinal ? step : throw RunStateException.StillRunning(run, key));
            for (var i = 0; i < again.Count; i++) // A step cannot be done while what it comes after is a gap: that is done again too.
            {
                again.AddRange((run.Table[again[i]].After ?? []).Where(before =>
                    run[before].Status is StepStatus.Failed or StepStatus.Skipped && !again.Contains(before)));
            }
        }
        else
        {
            for (var i = 0; i < run.Table.Count; i++)
            {
                if (run[i].Status is StepStatus.Failed or StepStatus.Skipped)
                {
                    again.Add(i);
                }
            }

            if (again.Count == 0)
            {
                throw RunStateException.NothingToRetry(run);
            }
        }

        return
        [
            .. run.StoppedAgents.Keys.Order(StringComparer.Ordinal).Select(agent => new RunEvent.AgentAllowed(agent)),
            .. ResetWithReaders(run, again, "asked for", discard: c.Step is not null),
            .. run.IsLaunching ? Array.Empty<RunEvent>() : [new RunEvent.RunContinued("retry")],
        ];
    }

    /// <summary>
    /// Resets steps and whatever read them. A reader's recorded result stands again without an attempt if its inputs turn out
    /// the same.
    /// </summary>
    private static List<RunEvent> ResetWithReaders(RunState run, List<int> again, string reason, bool discard)
    {
        var events = new List<RunEvent>();
        var seen = new HashSet<int>(again);
        foreach (var step in again)
        {
            events.Add(new RunEvent.StepReset(run.Table[step].Key, reason, discard));
        }

        var open = new Queue<int>(again);
        while (open.TryDequeue(out var step))
        {
            var parent = run.Table[step].Parent;
            IEnumerable<int> readers = run.Table.Dependents.GetValueOrDefault(step) ?? [];
            foreach (var reader in parent >= 0 ? readers.Append(parent) : readers)
            {
                if (run[reader].Status is not StepStatus.Pending && !ComesAfterGap(run, reader, seen) && seen.Add(reader))
                {
                    events.Add(new RunEvent.StepReset(run.Table[reader].Key, $"{run.Table[step].Id} is done again", Discard: false));
                    open.Enqueue(reader);
                }
            }
        }

        return events;
    }

    /// <summary>Whether a step comes after one that failed or was skipped and stays so: then it stays skipped itself.</summary>
    private static bool ComesAfterGap(RunState run, int step, HashSet<int> again) => (run.Table[step].After ?? []).Any(before =>
        run[before].Status is StepStatus.Failed or StepStatus.Skipped && !again.Contains(before));

    private static int IndexOf(RunState run, string key) =>
        run.Table.IndexOf(key) is >= 0 and var step ? step : throw RunStateException.NoSuchStep(run, key);
}
