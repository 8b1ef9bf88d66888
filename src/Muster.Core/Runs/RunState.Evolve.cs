using System.Diagnostics;

namespace Muster.Runs;

/// <content>The fold.</content>
public sealed partial class RunState
{
    private const int MostReason = 300;

    /// <summary>Takes one entry in. Entries come in order, without holes.</summary>
    /// <param name="entry">The next entry.</param>
    /// <param name="amended">The steps of the new tasks file; needed for <see cref="RunEvent.PlanAmended"/> alone.</param>
    /// <param name="lines">Return lines of <see cref="SummariesWanted"/>, by the step's key; null where none is wanted.</param>
    public void Evolve(RunEntry entry, StepTable? amended = null, IReadOnlyDictionary<string, string>? lines = null)
    {
        if (entry.Version != Version + 1)
        {
            throw new InvalidOperationException($"Entry {entry.Version} does not follow entry {Version}.");
        }

        Version = entry.Version;
        if (entry.Event is not (RunEvent.EngineStarted or RunEvent.RunPlanned) && entry.At > LastAt)
        {
            Wall += entry.At - LastAt;
        }

        LastAt = entry.At;
        switch (entry.Event)
        {
            case RunEvent.RunPlanned e:
                PlannedAt = entry.At;
                Header = e.Header;
                Limits = e.Header.Limits;
                Capacity = e.Header.Capacity;
                Lay(Table);
                break;
            case RunEvent.EngineStarted e:
                Epoch = e.Epoch;
                FruitlessStarts++;
                break;
            case RunEvent.AttemptStarted e:
                Start(e, entry.At);
                break;
            case RunEvent.ReserveRaised e:
                Raise(e);
                break;
            case RunEvent.AttemptEnded e:
                End(e);
                break;
            case RunEvent.AttemptVerified e:
                Verify(e, entry.At);
                break;
            case RunEvent.AttemptFailed e:
                Fail(e, entry.At);
                break;
            case RunEvent.AttemptLost e:
                Lose(e);
                break;
            case RunEvent.AttemptDiscarded e:
                Discard(e);
                break;
            case RunEvent.AttemptUndecided e:
                LeaveUndecided(e);
                break;
            case RunEvent.StepSkipped e:
                reasons[Table.IndexOf(e.Step)] = Short(e.Reason);
                MakeFinal(Table.IndexOf(e.Step), StepStatus.Skipped);
                break;
            case RunEvent.StepReset e:
                Reset(Table.IndexOf(e.Step), e);
                break;
            case RunEvent.StepReused e:
                Reuse(Table.IndexOf(e.Step));
                break;
            case RunEvent.AgentStopped e:
                stoppedAgents[e.Agent] = e.Reason;
                break;
            case RunEvent.AgentAllowed e:
                stoppedAgents.Remove(e.Agent);
                break;
            case RunEvent.CapacityChanged e:
                LoweredAt = e.Units < Capacity ? entry.At : LoweredAt;
                Capacity = e.Units;
                break;
            case RunEvent.RunPaused e:
                Pause = e;
                MachinePauses += e.Kind is PauseKind.Machine ? 1 : 0;
                Status = e.Kind is PauseKind.FailureRate or PauseKind.Poison or PauseKind.Gate or PauseKind.Decision ? RunStatus.AwaitingHuman : RunStatus.Paused;
                break;
            case RunEvent.RunContinued e:
                if (Pause?.Until is null)
                {
                    (RecentFailures, RecentFinals) = (0, 0); // A person looked at it; a pause that ends by itself says nothing about failures.
                }

                (Pause, Finish, Status, FruitlessStarts) = (null, null, RunStatus.Running, 0);
                if (!e.ByItself)
                {
                    LookAgain(); // Another engine, or none yet, is at work; a pause that ends by itself finds nothing out.
                }

                MachinePauses = e.ByItself ? MachinePauses : 0;
                break;
            case RunEvent.LimitsChanged e:
                Limits = e.Limits;
                Header = e.Models is { } models ? Header with { Models = [.. models] } : Header;
                UnknownCosts = e.AcceptUnknownCost ? 0 : UnknownCosts;
                break;
            case RunEvent.PlanAmended e:
                Amend(e, amended ?? throw new InvalidOperationException("An amended plan needs its table of steps."), lines);
                break;
            case RunEvent.StepAdded e:
                Grow(e);
                break;
            case RunEvent.GateOpened e:
                Open(e, entry.At);
                break;
            case RunEvent.GateDecided e:
                Decide(e);
                break;
            case RunEvent.RunCancelled:
                (Pause, Status) = (null, RunStatus.Cancelled); // A pause that ends by itself must not take a cancelled run up again.
                break;
            case RunEvent.RunFinished e:
                (Status, Finish) = (e.Outcome, e);
                break;
            default:
                throw new UnreachableException($"{entry.Event.GetType().Name} has no case in {nameof(Evolve)}.");
        }
    }

    private void Lay(StepTable table)
    {
        Table = table;
        steps = new StepState[table.Count];
        asked = new(table);
        retryAts.Clear();
        transientWaits.Clear();
        ready = new(table.Count, table.Grows ? int.MaxValue : table.WorkerCount);
        (workers, coordinators) = (new(), new());
        domains = [.. table.Domains.Select(_ => new Tally())];
        OpenSteps = table.Count;
        FlatTokens = 0;
        for (var i = 0; i < table.Count; i++)
        {
            ref readonly var row = ref table[i];
            steps[i].WaitsFor = row.ChildCount + (row.After?.Length ?? 0);
            foreach (var tally in Tallies(i))
            {
                tally.Planned++;
            }

            MakeReady(i);
        }
    }

    private ReadOnlySpan<Tally> Tallies(int step) =>
        step < Table.WorkerCount ? new[] { workers, domains[Table[step].Domain] } : new[] { coordinators };

    private void MakeReady(int step)
    {
        if (steps[step].WaitsFor == 0 && steps[step].Status is StepStatus.Pending or StepStatus.Retrying)
        {
            if (RetryAtOf(step) is > 0 and var at)
            {
                ready.AddAt(step, at);
            }
            else
            {
                ready.Add(step, WeightOf(step));
            }
        }
    }

    private void Unready(int step) => ready.Remove(step, RetryAtOf(step));

    private float WeightOf(int step)
    {
        var weight = 0f;
        for (var i = step; i >= 0; i = Table[i].Parent)
        {
            weight += Table[i].EstimateSeconds + (IsBatched(i) ? BatchedAgent.UsualSeconds : 0);
        }

        return weight;
    }

    private void Start(RunEvent.AttemptStarted e, DateTimeOffset at)
    {
        var step = Table.IndexOf(e.Step);
        Unready(step);
        ref var state = ref steps[step];
        CountLaunched(step);
        state.Status = StepStatus.Running;
        state.Attempt = e.Attempt;
        retryAts.Remove(step);
        state.VerifiedAttempt = 0; // Its file is about to be replaced, so an earlier result can no longer stand.
        asked[step] = Hash256.Parse(e.Fingerprint);
        var units = UnitsOf(step);
        BatchedAtWork += IsBatched(step) ? 1 : 0;
        live.Add((step, e.Attempt), new(step, e.Attempt, units, e.ReservedTokens, e.ReservedUsd, at));
        UnitsInUse += units;
        ReservedTokens += e.ReservedTokens;
        ReservedUsd += e.ReservedUsd ?? 0;
        Wave = e.Wave;
        Attempts++;
    }

    private void CountLaunched(int step)
    {
        if (steps[step].WasLaunched)
        {
            return;
        }

        steps[step].WasLaunched = true;
        foreach (var tally in Tallies(step))
        {
            tally.Launched++;
        }
    }

    private void Raise(RunEvent.ReserveRaised e)
    {
        var key = (Table.IndexOf(e.Step), e.Attempt);
        ReservedTokens += e.ReservedTokens - live[key].ReservedTokens;
        ReservedUsd += (e.ReservedUsd ?? 0) - (live[key].ReservedUsd ?? 0);
        live[key] = live[key] with { ReservedTokens = e.ReservedTokens, ReservedUsd = e.ReservedUsd };
    }

    private void End(RunEvent.AttemptEnded e)
    {
        var key = (Table.IndexOf(e.Step), e.Attempt);
        UnitsInUse -= live[key].Units;
        live[key] = live[key] with { Units = 0, Used = e.Usage };
        NotePrice(key.Item1, e.Usage);
    }

    private void Verify(RunEvent.AttemptVerified e, DateTimeOffset at)
    {
        var step = Table.IndexOf(e.Step);
        steps[step].Seconds = LiveAttemptOf(step, e.Attempt) is { } attempt ? (float)(at - attempt.StartedAt).TotalSeconds : 0;
        Settle(step, e.Attempt, e.Usage);
        CountLaunched(step); // In journals of old, an attempt may have begun under the plan before.
        (FruitlessStarts, MachinePauses) = (0, 0);
        if (e.Usage.Usd is not null)
        {
            pricedAgents.Add(Table.Agents[Table[step].Agent]);
        }

        ref var state = ref steps[step];
        if (state.Status is StepStatus.Retrying or StepStatus.Pending)
        {
            Unready(step); // A late report of an earlier attempt came before the next one was launched.
            retryAts.Remove(step);
        }

        (state.VerifiedAttempt, state.Length, state.Tokens) = (e.Attempt, checked((int)e.Length), e.Tokens);
        state.Sha256 = Hash256.Parse(e.Sha256);
        state.HasBullets = e.Notes > 0 || e.Findings is null or { Total: > 0 } or { Ungrounded: > 0 } or { Suppressed: > 0 };
        CountFindings(step, e.Findings);
        reasons.Remove(step);
        if (Table[step].Parent < 0)
        {
            summaries[step] = e.Summary;
        }

        if (e.Result is { } result)
        {
            results[step] = result;
        }

        MakeFinal(step, StepStatus.Verified);
    }

    private void Fail(RunEvent.AttemptFailed e, DateTimeOffset at)
    {
        var step = Table.IndexOf(e.Step);
        Settle(step, e.Attempt, e.Usage);
        FruitlessStarts = 0;
        MachinePauses = e.Class is FailureClass.Machine ? MachinePauses : 0;
        ref var state = ref steps[step];
        reasons[step] = Short(e.Reason);
        switch (e.Class)
        {
            case FailureClass.Agent:
                state.AgentFailures++;
                state.TransientFailures = 0;
                transientWaits.Remove(step);
                remarks[step] = reasons[step];
                break;
            case FailureClass.Transient:
                state.TransientFailures++;
                transientWaits[step] = TransientWaitOf(step) + (e.RetryAt is { } again && again > at ? (again - at).Ticks : 0);
                break;
        }

        if (e.RetryAt is { } retryAt)
        {
            state.Status = StepStatus.Retrying;
            retryAts[step] = retryAt.UtcTicks;
            MakeReady(step);
        }
        else
        {
            MakeFinal(step, StepStatus.Failed);
        }
    }

    private void Lose(RunEvent.AttemptLost e)
    {
        var step = Table.IndexOf(e.Step);
        var ended = live.GetValueOrDefault((step, e.Attempt));
        Settle(step, e.Attempt, UsageOfUntold(step, ended));
        LostAttempts++;
        steps[step].Lost++;
        reasons[step] = Short(e.Reason);
        if (e.Final)
        {
            MakeFinal(step, StepStatus.Failed);
        }
        else
        {
            steps[step].Status = StepStatus.Retrying;
            MakeReady(step);
        }
    }

    private void Discard(RunEvent.AttemptDiscarded e)
    {
        var step = Table.IndexOf(e.Step);
        Settle(step, e.Attempt, e.Usage);
        if (steps[step].Status is StepStatus.Running && steps[step].Attempt == e.Attempt)
        {
            steps[step].Status = StepStatus.Retrying; // Should the run go on, the step is still to be done.
            MakeReady(step);
        }
        else
        {
            Arrive(step); // It was reset and waited for this attempt to end.
        }
    }

    private void Settle(int step, int attempt, Usage usage)
    {
        if (live.Remove((step, attempt), out var ended))
        {
            UnitsInUse -= ended.Units;
            BatchedAtWork -= !undecided.Remove((step, attempt)) && IsBatched(step) ? 1 : 0;
            ReservedTokens -= ended.ReservedTokens;
            ReservedUsd -= ended.ReservedUsd ?? 0;
        }

        Count(step, usage);
        Spent = Spent.Plus(usage);
        KnownUsd += usage.Usd ?? 0;
        UnknownCosts += usage.Usd is null ? 1 : 0;
        NotePrice(step, usage);
    }

    private void NotePrice(int step, Usage usage)
    {
        if (usage.Usd > 0)
        {
            pricedAgents.Add(Table.Agents[Table[step].Agent]);
        }
    }

    private void MakeFinal(int step, StepStatus status)
    {
        ref var state = ref steps[step];
        Unready(step);
        state.Status = status;
        retryAts.Remove(step);
        transientWaits.Remove(step);
        remarks.Remove(step);
        OpenSteps--;
        foreach (var tally in Tallies(step))
        {
            tally.Count(status, 1);
        }

        if (step < Table.WorkerCount)
        {
            FlatTokens += status is StepStatus.Verified ? state.Tokens : 0;
            RecentFinals += status is StepStatus.Skipped ? 0 : 1;
            RecentFailures += status is StepStatus.Failed ? 1 : 0;
        }

        if (Table[step].Parent is >= 0 and var parent)
        {
            Arrive(parent);
        }

        if (status is StepStatus.Verified && Table.Dependents.TryGetValue(step, out var dependents))
        {
            dependents.ForEach(Arrive);
        }
    }

    private void Arrive(int step)
    {
        steps[step].WaitsFor--;
        MakeReady(step);
    }

    private void Depart(int step)
    {
        Unready(step);
        steps[step].WaitsFor++;
    }

    private void Reset(int step, RunEvent.StepReset e)
    {
        ref var state = ref steps[step];
        state.Distrusts = e.Distrusted ? (byte)Math.Min(state.Distrusts + 1, byte.MaxValue)
            : e.Discard || state.Status is StepStatus.Failed or StepStatus.Skipped ? (byte)0 : state.Distrusts;
        if (state.IsFinal)
        {
            var was = state.Status;
            OpenSteps++;
            foreach (var tally in Tallies(step))
            {
                tally.Count(was, -1);
            }

            FlatTokens -= was is StepStatus.Verified && step < Table.WorkerCount ? state.Tokens : 0;
            if (Table[step].Parent is >= 0 and var parent)
            {
                Depart(parent);
            }

            if (was is StepStatus.Verified && Table.Dependents.TryGetValue(step, out var dependents))
            {
                dependents.ForEach(Depart);
            }
        }

        if (state.Status is StepStatus.Running)
        {
            Depart(step); // A step never has two live attempts: it waits for the one that works on what was asked before.
        }

        Unready(step);
        reasons.Remove(step);
        remarks.Remove(step);
        state.Status = StepStatus.Pending;
        (state.AgentFailures, state.Lost, state.TransientFailures) = (0, 0, 0);
        retryAts.Remove(step);
        transientWaits.Remove(step);
        state.VerifiedAttempt = e.Discard ? 0 : state.VerifiedAttempt;
        MakeReady(step);
    }

    private void Reuse(int step)
    {
        CountLaunched(step);
        MakeFinal(step, StepStatus.Verified);
    }

    /// <summary>As much of a reason as is shown, and each only once: a million steps may fail for the same one. The journal has it whole.</summary>
    private string Short(string reason)
    {
        if (reason.Length > MostReason)
        {
            reason = string.Concat(reason.AsSpan(0, char.IsHighSurrogate(reason[MostReason - 1]) ? MostReason - 1 : MostReason), "…");
        }

        if (shortReasons.TryGetValue(reason, out var same))
        {
            return same;
        }

        shortReasons.Add(reason);
        return reason;
    }
}
