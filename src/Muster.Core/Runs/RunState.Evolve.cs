using System.Diagnostics;

namespace Muster.Runs;

/// <content>The fold.</content>
public sealed partial class RunState
{
    /// <summary>Takes one entry in. Entries come in order, without holes.</summary>
    /// <param name="entry">The next entry.</param>
    /// <param name="amended">The steps of the new tasks file; needed for <see cref="RunEvent.PlanAmended"/> alone.</param>
    public void Evolve(RunEntry entry, StepTable? amended = null)
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
            case RunEvent.StepSkipped e:
                reasons[Table.IndexOf(e.Step)] = e.Reason;
                MakeFinal(Table.IndexOf(e.Step), StepStatus.Skipped);
                break;
            case RunEvent.StepReset e:
                Reset(Table.IndexOf(e.Step), e.Discard);
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
                Status = e.Kind is PauseKind.FailureRate or PauseKind.Poison ? RunStatus.AwaitingHuman : RunStatus.Paused;
                break;
            case RunEvent.RunContinued:
                if (Pause?.Until is null)
                {
                    (RecentFailures, RecentFinals) = (0, 0); // A person looked at it; a pause that ends by itself says nothing about failures.
                }

                (Pause, Finish, Status, FruitlessStarts) = (null, null, RunStatus.Running, 0);
                break;
            case RunEvent.LimitsChanged e:
                Limits = e.Limits;
                break;
            case RunEvent.PlanAmended e:
                Amend(e, amended ?? throw new InvalidOperationException("An amended plan needs its table of steps."));
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
        ready = new(table.Count, table.WorkerCount);
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
            if (steps[step].RetryAt > 0)
            {
                ready.AddAt(step, steps[step].RetryAt);
            }
            else
            {
                ready.Add(step, WeightOf(step));
            }
        }
    }

    private void Unready(int step) => ready.Remove(step, steps[step].RetryAt);

    private float WeightOf(int step)
    {
        var weight = 0f;
        for (var i = step; i >= 0; i = Table[i].Parent)
        {
            weight += Table[i].EstimateSeconds;
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
        state.RetryAt = 0;
        state.VerifiedAttempt = 0; // Its file is about to be replaced, so an earlier result can no longer stand.
        state.Fingerprint = Hash256.Parse(e.Fingerprint);
        var units = Table[step].Units;
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

    private void End(RunEvent.AttemptEnded e)
    {
        var key = (Table.IndexOf(e.Step), e.Attempt);
        UnitsInUse -= live[key].Units;
        live[key] = live[key] with { Units = 0, Used = e.Usage };
    }

    private void Verify(RunEvent.AttemptVerified e, DateTimeOffset at)
    {
        var step = Table.IndexOf(e.Step);
        steps[step].Seconds = LiveAttemptOf(step, e.Attempt) is { } attempt ? (float)(at - attempt.StartedAt).TotalSeconds : 0;
        Settle(step, e.Attempt, e.Usage);
        FruitlessStarts = 0;
        ref var state = ref steps[step];
        if (state.Status is StepStatus.Retrying or StepStatus.Pending)
        {
            Unready(step); // A late report of an earlier attempt came before the next one was launched.
            state.RetryAt = 0;
        }

        (state.VerifiedAttempt, state.Length, state.Tokens) = (e.Attempt, e.Length, e.Tokens);
        state.Sha256 = Hash256.Parse(e.Sha256);
        state.HasBullets = e.Notes > 0 || e.Findings is null or { Total: > 0 } or { Ungrounded: > 0 } or { Suppressed: > 0 };
        reasons.Remove(step);
        if (Table[step].Parent < 0)
        {
            summaries[step] = e.Summary;
        }

        MakeFinal(step, StepStatus.Verified);
    }

    private void Fail(RunEvent.AttemptFailed e, DateTimeOffset at)
    {
        var step = Table.IndexOf(e.Step);
        Settle(step, e.Attempt, e.Usage);
        FruitlessStarts = 0;
        ref var state = ref steps[step];
        reasons[step] = e.Reason;
        switch (e.Class)
        {
            case FailureClass.Agent:
                state.AgentFailures++;
                (state.TransientFailures, state.TransientSince) = (0, 0);
                break;
            case FailureClass.Transient:
                state.TransientFailures++;
                state.TransientSince = state.TransientSince == 0 ? at.UtcTicks : state.TransientSince;
                break;
        }

        if (e.RetryAt is { } retryAt)
        {
            state.Status = StepStatus.Retrying;
            state.RetryAt = retryAt.UtcTicks;
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
        Settle(step, e.Attempt, ended?.Used ?? new(ended?.ReservedTokens ?? 0, 0, ended?.ReservedUsd ?? 0));
        LostAttempts++;
        steps[step].Lost++;
        reasons[step] = e.Reason;
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
            ReservedTokens -= ended.ReservedTokens;
            ReservedUsd -= ended.ReservedUsd ?? 0;
        }

        Spent = Spent.Plus(usage);
    }

    private void MakeFinal(int step, StepStatus status)
    {
        ref var state = ref steps[step];
        Unready(step);
        state.Status = status;
        state.RetryAt = 0;
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

    private void Reset(int step, bool discard)
    {
        ref var state = ref steps[step];
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
        state.Status = StepStatus.Pending;
        (state.RetryAt, state.AgentFailures, state.Lost) = (0, 0, 0);
        (state.TransientFailures, state.TransientSince) = (0, 0);
        state.VerifiedAttempt = discard ? 0 : state.VerifiedAttempt;
        MakeReady(step);
    }

    private void Reuse(int step)
    {
        CountLaunched(step);
        MakeFinal(step, StepStatus.Verified);
    }

    private void Amend(RunEvent.PlanAmended e, StepTable table)
    {
        if (live.Count > 0)
        {
            throw new InvalidOperationException("A plan cannot be amended while attempts are under way.");
        }

        var (oldTable, oldSteps) = (Table, steps);
        var oldSummaries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (step, summary) in summaries)
        {
            oldSummaries[oldTable[step].Key] = summary;
        }

        for (var i = 0; i < oldTable.Count; i++)
        {
            if (oldSteps[i].Attempt > 0 && table.IndexOf(oldTable[i].Key) < 0)
            {
                gone[oldTable[i].Key] = (oldSteps[i], oldSummaries.GetValueOrDefault(oldTable[i].Key));
            }
        }

        reasons.Clear();
        summaries.Clear();
        (Header, Limits, Capacity) = (e.Header, e.Header.Limits, e.Header.Capacity);
        (Pause, Finish, Status) = (null, null, RunStatus.Running);
        (RecentFailures, RecentFinals) = (0, 0);
        Lay(table);
        for (var i = 0; i < table.Count; i++)
        {
            var key = table[i].Key;
            if (oldTable.IndexOf(key) is >= 0 and var old)
            {
                TakeOver(i, oldSteps[old], oldSummaries.GetValueOrDefault(key));
            }
            else if (gone.Remove(key, out var returned))
            {
                TakeOver(i, returned.State, returned.Summary);
            }
        }
    }

    /// <summary>What a step has from the plan before: its attempts are never counted anew, and its result stands if nothing changed.</summary>
    private void TakeOver(int step, in StepState was, string? summary)
    {
        ref var state = ref steps[step];
        (state.Attempt, state.VerifiedAttempt, state.Length) = (was.Attempt, was.VerifiedAttempt, was.Length);
        (state.Tokens, state.Sha256, state.Fingerprint, state.HasBullets) = (was.Tokens, was.Sha256, was.Fingerprint, was.HasBullets);
        state.Seconds = was.Seconds;
        if (Table[step].Parent < 0 && summary is not null)
        {
            summaries[step] = summary;
        }
    }
}
