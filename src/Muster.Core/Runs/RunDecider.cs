using System.Diagnostics;

namespace Muster.Runs;

/// <summary>The rules of a run. Pure: no clock, file, id or chance of its own.</summary>
public static partial class RunDecider
{
    private const int LeastFinalsForBreaker = 30;
    private const int LeastCapacity = 6;
    private const int MostDistrusts = 3;
    private const string Outdated = "its step was reset while it ran";

    // With waits that double from 10 s to 5 minutes these are about half an hour, as long as a busy provider is waited for.
    private const int MostMachinePauses = 10;
    private static readonly TimeSpan FirstMachinePause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestMachinePause = TimeSpan.FromMinutes(5);

    /// <summary>What follows from a command where the run stands; empty when it is stale or changes nothing.</summary>
    /// <exception cref="RunStateException">A person asked for something that does not fit.</exception>
    public static IReadOnlyList<RunEvent> Decide(RunState run, RunCommand command) => command switch
    {
        RunCommand.RaiseReserve c => Raise(run, c),
        RunCommand.EndAttempt c => run.LiveAttemptOf(IndexOf(run, c.Step), c.Attempt) is { Used: null }
            ? [new RunEvent.AttemptEnded(c.Step, c.Attempt, c.Usage)]
            : [],
        RunCommand.StallAttempt c => run.IsLaunching
            ? [new RunEvent.RunPaused(PauseKind.Machine, c.Reason, MachinePauseEnds(run, c.Now, c.RetryAfter))]
            : [],
        RunCommand.CompleteAttempt c => Complete(run, c),
        RunCommand.FailAttempt c => Fail(run, c),
        RunCommand.LoseAttempt c => Lose(run, c),
        RunCommand.DiscardAttempt c => run.LiveAttemptOf(IndexOf(run, c.Step), c.Attempt) is null
            ? []
            : [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, WhyStopped(run, c), c.Usage)],
        RunCommand.PauseRun c => run.IsLaunching || run.IsFinished ? [new RunEvent.RunPaused(c.Kind, c.Reason, c.Until)] : [],
        RunCommand.EndPause c => run.Status is not RunStatus.Paused || !(run.Pause?.Until <= c.Now) ? [] : [new RunEvent.RunContinued("the time to wait is over", ByItself: true)],
        RunCommand.LeaveUndecided c => LeaveUndecided(run, c),
        RunCommand.DecideSteps c => DecideSteps(run, c),
        RunCommand.ContinueRun c => (run.IsLaunching && run.Undecided.Count == 0) || run.IsFinished ? [] : [new RunEvent.RunContinued(c.Reason)],
        RunCommand.CancelRun c => run.IsFinished || run.Status is RunStatus.Cancelled ? [] : [new RunEvent.RunCancelled(c.Reason)],
        RunCommand.RetrySteps c => Retry(run, c),
        RunCommand.DistrustStep c => Distrust(run, c),
        RunCommand.ChangeLimits c => ChangeLimits(run, c),
        RunCommand.FinishRun c => run.IsFinished || run.OpenSteps > 0
            ? []
            : [new RunEvent.RunFinished(c.Outcome ?? OutcomeOf(run), c.ParentTokens, run.FlatTokens)],
        RunCommand.DecideGate c => DecideGate(run, c),
        _ => throw new UnreachableException($"{command.GetType().Name} has no case in {nameof(Decide)}."),
    };

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

    /// <summary>Sets twice aside what an agent has taken, or what the limits leave. Where that is less than it took, launching stops.</summary>
    private static IReadOnlyList<RunEvent> Raise(RunState run, RunCommand.RaiseReserve c)
    {
        if (run.LiveAttemptOf(IndexOf(run, c.Step), c.Attempt) is not { Used: null } attempt
            || new AttemptReserve(attempt.ReservedTokens, attempt.ReservedUsd ?? 0).Overrun(c.Used) is null)
        {
            return [];
        }

        var limits = run.Limits;
        var (tokens, usd) = (attempt.ReservedTokens, attempt.ReservedUsd ?? 0);
        if (c.Used.Tokens > tokens)
        {
            var most = limits.Tokens is { } limit ? tokens + limit - run.Spent.Tokens - run.ReservedTokens : long.MaxValue;
            tokens = Math.Min(c.Used.Tokens * 5 / 4, most);
        }

        if (c.Used.Usd > usd)
        {
            var most = limits.Usd is { } limit ? usd + limit - run.KnownUsd - run.ReservedUsd : decimal.MaxValue;
            usd = Math.Min(c.Used.Usd.Value * 5 / 4, most);
        }

        var lack = c.Used.Tokens > tokens ? $"{c.Used.Tokens:N0} tokens, {attempt.ReservedTokens:N0} are set aside for it"
            : c.Used.Usd > usd ? $"{c.Used.Usd:0.00##} USD, {attempt.ReservedUsd:0.00##} are set aside for it"
            : null;
        return lack is null
            ? [new RunEvent.ReserveRaised(c.Step, c.Attempt, tokens, attempt.ReservedUsd is null ? null : usd)]
            : run.IsLaunching ? [new RunEvent.RunPaused(PauseKind.Cap, $"a limit of the run is reached: {run.Table[attempt.Step].Id} needs more than is left ({lack})", Until: null)]
            : [];
    }

    /// <summary>A limit in USD cannot be held over a model whose price nobody knows, so it is refused before anything is spent on it.</summary>
    private static IReadOnlyList<RunEvent> ChangeLimits(RunState run, RunCommand.ChangeLimits c)
    {
        var models = c.Models is null || c.Models.SequenceEqual(run.Header.Models) ? null : c.Models;
        for (var step = 0; c.Limits.Usd is not null && step < run.Table.Count; step++)
        {
            if (!run[step].IsFinal && run.ModelOf(step) is { } model
                && !((models ?? run.Header.Models).FirstOrDefault(m => m.Agent == model.Agent && m.Name == model.Name) ?? model).IsPriced)
            {
                throw RunStateException.NoPrice(run, step, model);
            }
        }

        return c.Limits == run.Limits && models is null && !(c.AcceptUnknownCost && run.UnknownCosts > 0)
            ? []
            : [new RunEvent.LimitsChanged(c.Limits, c.AcceptUnknownCost, models)];
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
            c.Step, c.Attempt, c.Length, c.Sha256, c.Tokens, c.Summary, c.Usage, c.Warning, c.Findings, c.Notes, c.Result);
        return run.Capacity < run.Header.Capacity
            ? [verified, new RunEvent.CapacityChanged(run.Capacity + 1, "an attempt succeeded")]
            : [verified];
    }

    /// <summary>A decision binds to what the person saw: of something else, or twice the other way, it does not count.</summary>
    private static IReadOnlyList<RunEvent> DecideGate(RunState run, RunCommand.DecideGate c)
    {
        var gate = run.GateOf(c.Gate) ?? throw RunStateException.NoSuchGate(run, c.Gate);
        if (c.Sha256.Length < 8 || !gate.Sha256.StartsWith(c.Sha256, StringComparison.Ordinal))
        {
            throw RunStateException.OtherSubject(run, gate, c.Sha256);
        }

        if (gate.Standing is not GateStanding.Open)
        {
            return gate.Standing is GateStanding.Approved == c.IsApproved ? [] : throw RunStateException.Decided(run, gate);
        }

        if (!c.IsApproved && string.IsNullOrWhiteSpace(c.Because))
        {
            throw RunStateException.NoReason(run, gate);
        }

        return [new RunEvent.GateDecided(c.Gate, gate.Sha256, c.IsApproved, c.By, c.Because)];
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
                var wait = retries.Backoff(run[step].TransientFailures + 1, c.Chance, c.RetryAfter);
                return run.TransientWaitOf(step) + wait.Ticks <= retries.TransientCeiling.Ticks ? c.Now + wait : null;
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
            case FailureClass.Permanent when run.Table.Agents[run.Table[step].Agent] is "command":
                return null; // The program is the task's own; another task's may be there.
            case FailureClass.Permanent:
                var agent = run.Table.Agents[run.Table[step].Agent];
                return run.StoppedAgents.ContainsKey(agent) ? null : new RunEvent.AgentStopped(agent, c.Reason);
            case FailureClass.Quota when run.IsLaunching:
                return new RunEvent.RunPaused(PauseKind.Quota, c.Reason, c.RetryAfter is { } quota ? c.Now + quota : null);
            case FailureClass.Machine when run.IsLaunching:
                return new RunEvent.RunPaused(PauseKind.Machine, c.Reason, MachinePauseEnds(run, c.Now, c.RetryAfter));
            case FailureClass.Transient when !BatchedAgent.Is(run.Table.Agents[run.Table[step].Agent]) && attempt.StartedAt >= run.LoweredAt && run.Capacity > LeastCapacity:
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

    /// <summary>Each pause twice as long as the one before; null, that is, a person decides, after so many in a row.</summary>
    private static DateTimeOffset? MachinePauseEnds(RunState run, DateTimeOffset now, TimeSpan? asked)
    {
        var wait = FirstMachinePause * Math.Pow(2, Math.Min(run.MachinePauses, 10));
        wait = wait < LongestMachinePause ? wait : LongestMachinePause;
        return run.MachinePauses >= MostMachinePauses ? null : now + (asked > wait ? asked.Value : wait);
    }

    /// <summary>Why an attempt was stopped from outside, as the state has it.</summary>
    private static string WhyStopped(RunState run, RunCommand.DiscardAttempt c) =>
        !IsCurrent(run, IndexOf(run, c.Step), c.Attempt) ? Outdated
        : run.Pause is { Kind: PauseKind.Cap } cap ? cap.Reason
        : c.Reason;

    private static IReadOnlyList<RunEvent> Lose(RunState run, RunCommand.LoseAttempt c)
    {
        var step = IndexOf(run, c.Step);
        if (run.LiveAttemptOf(step, c.Attempt) is not { } attempt)
        {
            return [];
        }

        if (!IsCurrent(run, step, c.Attempt))
        {
            var usage = run.UsageOfUntold(step, attempt);
            return [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, $"{Outdated}: {c.Reason}", usage)];
        }

        var final = run[step].Lost + 1 >= run.Header.Retries.LostAttempts;
        var lost = new RunEvent.AttemptLost(c.Step, c.Attempt, c.Reason, final);
        return final ? [lost, .. SkipDependents(run, step)] : [lost];
    }

    /// <summary>Every step that comes after <paramref name="failed"/>, at any distance, is skipped.</summary>
    /// <param name="run">The run.</param>
    /// <param name="failed">The step that did not come to a result.</param>
    /// <param name="reset">Steps that the same decision resets; null for none.</param>
    private static IEnumerable<RunEvent> SkipDependents(RunState run, int failed, HashSet<int>? reset = null)
    {
        var seen = new HashSet<int>();
        var open = new Queue<(int Step, string Cause)>();
        open.Enqueue((failed, run.Table[failed].Id));
        while (open.TryDequeue(out var at))
        {
            foreach (var step in run.Table.Dependents.GetValueOrDefault(at.Step) ?? [])
            {
                if ((!run[step].IsFinal || reset?.Contains(step) is true) && seen.Add(step))
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

    private static IReadOnlyList<RunEvent> Retry(RunState run, RunCommand.RetrySteps c)
    {
        List<int> again = [];
        if (c.Step is { } key)
        {
            var step = IndexOf(run, key);
            again.Add(!run[step].IsFinal ? throw RunStateException.StillRunning(run, key) : WentOn(run, step) ? throw RunStateException.WentOn(run, step) : step);
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

            var first = again[0];
            again.RemoveAll(step => WentOn(run, step));
            if (again.Count == 0)
            {
                throw RunStateException.WentOn(run, first);
            }
        }

        return
        [
            .. run.StoppedAgents.Keys.Order(StringComparer.Ordinal).Select(agent => new RunEvent.AgentAllowed(agent)),
            .. ResetWithReaders(run, again, step => new(run.Table[step].Key, "asked for", Discard: c.Step is not null)),
            .. run.IsLaunching ? Array.Empty<RunEvent>() : [new RunEvent.RunContinued("retry")],
        ];
    }

    /// <summary>Whether a build has gone on from a step: what stands upon it, commits among it, would be taken back with it.</summary>
    private static bool WentOn(RunState run, int step)
    {
        for (var later = step + 1; run.Table.Grows && later < run.Table.Count; later++)
        {
            if (run[later].Status is StepStatus.Verified)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Only the attempt whose file it is: a file that is being done again already is not done again twice.</summary>
    private static List<RunEvent> Distrust(RunState run, RunCommand.DistrustStep c)
    {
        var step = IndexOf(run, c.Step);
        if (run[step].Status is not StepStatus.Verified || run[step].VerifiedAttempt != c.Attempt)
        {
            return [];
        }

        var events = ResetWithReaders(run, [step], _ => new(c.Step, c.Reason, Discard: true, Distrusted: true));
        if (run[step].Distrusts >= MostDistrusts)
        {
            events.Add(new RunEvent.StepSkipped(
                c.Step, $"its published file was not what had been sealed, {run[step].Distrusts + 1} times"));
            events.AddRange(SkipDependents(run, step, [.. events.OfType<RunEvent.StepReset>().Select(e => IndexOf(run, e.Step))]));
        }

        if (run.IsFinished)
        {
            events.Add(new RunEvent.RunContinued("a published file was not what had been sealed"));
        }

        return events;
    }

    /// <summary>
    /// Resets steps and whatever read them. A reader's recorded result stands again without an attempt if its inputs turn out
    /// the same. The attempt of one that is under way is ended, counts for nothing, and is waited for.
    /// </summary>
    private static List<RunEvent> ResetWithReaders(RunState run, List<int> again, Func<int, RunEvent.StepReset> reset)
    {
        var events = new List<RunEvent>(again.Select(reset));
        var seen = new HashSet<int>(again);
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

        foreach (var (step, attempt) in run.Undecided.Where(u => seen.Contains(u.Step)))
        {
            events.Add(new RunEvent.AttemptDiscarded(run.Table[step].Key, attempt, Outdated, run.UsageOfUntold(step, run.LiveAttemptOf(step, attempt))));
        }

        return events;
    }

    /// <summary>Whether a step comes after one that failed or was skipped and stays so: then it stays skipped itself.</summary>
    private static bool ComesAfterGap(RunState run, int step, HashSet<int> again) => (run.Table[step].After ?? []).Any(before =>
        run[before].Status is StepStatus.Failed or StepStatus.Skipped && !again.Contains(before));

    private static int IndexOf(RunState run, string key) =>
        run.Table.IndexOf(key) is >= 0 and var step ? step : throw RunStateException.NoSuchStep(run, key);
}
