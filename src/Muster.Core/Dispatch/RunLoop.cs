using System.Threading.Channels;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>The one shell around the pure core: take commands, decide, append, evolve, start what is now pending.</summary>
/// <remarks>
/// Single-threaded: only <see cref="RunAsync"/> touches the state. All commands that wait are decided together and appended in one
/// transaction (group commit), so a flush is shared by as many attempts as ended meanwhile. Nothing starts before its intent is durable.
/// </remarks>
public sealed class RunLoop
{
    private const int MailboxSize = 4_096;
    private static readonly TimeSpan SpaceCheck = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AdmissionCheck = TimeSpan.FromSeconds(1);

    private readonly Channel<Letter> mailbox =
        Channel.CreateBounded<Letter>(new BoundedChannelOptions(MailboxSize) { SingleReader = true });

    private readonly Dictionary<(int, int), CancellationTokenSource> running = [];
    private readonly List<RunEntry> uncommitted = [];
    private readonly RunState run;
    private readonly RunLoopParts parts;
    private readonly long startedAt;
    private readonly DateTimeOffset startedOn;
    private readonly HashSet<Task> attempts = [];
    private IJournal journal;
    private volatile bool isDraining;
    private bool isHeldBack;
    private Exception? fault;
    private bool isOutOfTime;

    /// <summary>A loop over a state that has been read from <paramref name="journal"/> up to its end.</summary>
    /// <param name="run">Owned by the loop from here on.</param>
    /// <param name="journal">Its journal, under an epoch claimed for this loop.</param>
    /// <param name="parts">What the loop works with.</param>
    public RunLoop(RunState run, IJournal journal, RunLoopParts parts)
    {
        (this.run, this.journal, this.parts) = (run, journal, parts);
        startedAt = parts.Time.GetTimestamp();
        var now = parts.Time.GetUtcNow();
        startedOn = now > run.LastAt ? now : run.LastAt; // The journal's time never runs backwards, whatever the clock does.
    }

    /// <summary>UTC, monotonic: the wall clock at the start plus what has passed since.</summary>
    private DateTimeOffset Now => startedOn + parts.Time.GetElapsedTime(startedAt);

    /// <summary>Hands a command in, from any thread; waits while the mailbox is full.</summary>
    public ValueTask PostAsync(RunCommand command, CancellationToken cancellationToken) =>
        mailbox.Writer.WriteAsync(new(command), cancellationToken);

    /// <summary>No new attempt is started from here on; those that run are waited for. From any thread.</summary>
    public void Drain()
    {
        isDraining = true;
        Wake();
    }

    /// <summary>Makes a waiting loop look at its state again. A full mailbox needs no waking.</summary>
    private void Wake() => mailbox.Writer.TryWrite(default);

    /// <summary>Drives the run until it is finished, paused, cancelled or drained.</summary>
    /// <param name="kill">Ends every attempt and the loop, without a trace in the journal: as if the engine had been killed.</param>
    /// <exception cref="EngineException">Another engine took over, or the journal failed.</exception>
    public async Task RunAsync(CancellationToken kill)
    {
        try
        {
            foreach (var open in run.Live.ToList())
            {
                StartAttempt(OrderOf(open, isRecovery: true), kill);
            }

            if (run.IsFinished)
            {
                await TakeBrokenSealsAsync();
            }

            while (true)
            {
                Launch();
                await CommitAsync(kill);
                if (await IsOverAsync())
                {
                    await CommitAsync(kill);
                    return;
                }

                await WaitAsync(kill);
                while (mailbox.Reader.TryRead(out var letter))
                {
                    if (letter.Command is { } command)
                    {
                        Take(command);
                        letter.Decided?.TrySetResult();
                    }

                    if (uncommitted.Count >= MailboxSize)
                    {
                        break;
                    }
                }
            }
        }
        finally
        {
            if (running.Count > 0)
            {
                parts.LetGo?.Invoke(); // Killed or at fault: that must not cost what others have been paid for.
            }

            StopAttempts();
            mailbox.Writer.TryComplete(); // Nobody reads any more; a report that waits for room must not wait for ever.
            await Task.WhenAll(attempts);
        }
    }

    private void Take(RunCommand command)
    {
        // The loop's own time, so that a clock that jumps cannot move a retry by an hour.
        command = command switch
        {
            RunCommand.FailAttempt c => c with { Now = Now },
            RunCommand.StallAttempt c => c with { Now = Now },
            _ => command,
        };
        foreach (var e in parts.Decide(run, command))
        {
            Evolve(e);
            if (EndedAttempt(e) is var (step, attempt) && running.Remove((run.Table.IndexOf(step), attempt), out var stop))
            {
                stop.Dispose();
            }
            else if (e is RunEvent.StepReset reset && run.Table.IndexOf(reset.Step) is var at && running.TryGetValue((at, run[at].Attempt), out var outdated))
            {
                outdated.Cancel(); // It works on what is no longer asked.
            }
        }

        if (command is RunCommand.CancelRun)
        {
            StopAttempts();
        }
        else if (command is RunCommand.RaiseReserve raise)
        {
            StopOverrun(raise);
        }
    }

    /// <summary>Ends an attempt for which no more could be set aside. It does not count as tried: a raised limit lets the step go on.</summary>
    private void StopOverrun(RunCommand.RaiseReserve raise)
    {
        if (run.LiveAttemptOf(run.Table.IndexOf(raise.Step), raise.Attempt) is { Used: null } attempt
            && new AttemptReserve(attempt.ReservedTokens, attempt.ReservedUsd ?? 0).Overrun(raise.Used) is not null
            && running.TryGetValue((attempt.Step, attempt.Attempt), out var stop))
        {
            stop.Cancel();
        }
    }

    private void StopAttempts()
    {
        foreach (var attempt in running.Values)
        {
            attempt.Cancel();
        }
    }

    private static (string Step, int Attempt)? EndedAttempt(RunEvent e) => e switch
    {
        RunEvent.AttemptVerified v => (v.Step, v.Attempt),
        RunEvent.AttemptFailed f => (f.Step, f.Attempt),
        RunEvent.AttemptLost l => (l.Step, l.Attempt),
        RunEvent.AttemptDiscarded d => (d.Step, d.Attempt),
        RunEvent.AttemptUndecided u => (u.Step, u.Attempt),
        _ => null,
    };

    private void Launch()
    {
        if (isDraining)
        {
            return;
        }

        isHeldBack = false;
        foreach (var wanted in run.IsLaunching && parts.Workflow is { } workflow ? workflow(run) : [])
        {
            Evolve(wanted);
        }

        foreach (var e in parts.Launch(run, Now))
        {
            if (e is RunEvent.AttemptStarted start && parts.Admit?.Invoke(start.Agent, run.AtWork) is false)
            {
                isHeldBack = true;
                return;
            }

            Evolve(e);
            if (uncommitted.Count >= MailboxSize)
            {
                break; // A long row of steps that need no attempt; the rest follows after this commit.
            }
        }
    }

    private void Evolve(RunEvent e)
    {
        var entry = new RunEntry(run.Version + 1, journal.Epoch, Now, e);
        run.Evolve(entry);
        uncommitted.Add(entry);
    }

    private async ValueTask CommitAsync(CancellationToken kill)
    {
        if (uncommitted.Count == 0)
        {
            return;
        }

        var expected = uncommitted[0].Version - 1;
        while (true)
        {
            switch (journal.Append(expected, journal.Epoch, uncommitted))
            {
                case AppendOutcome.Appended:
                    Committed(kill);
                    return;
                case AppendOutcome.Refused:
                    throw EngineException.Replaced(run.Header.RunId);
                case AppendOutcome.NoSpace:
                    await ObstructedAsync("The disk is full or read-only: nothing is launched until the journal can be written.", kill);
                    break;
                case AppendOutcome.Busy:
                    await ObstructedAsync("Another program holds the journal's file: nothing is launched until it lets go.", kill);
                    break;
                case AppendOutcome.Unknown:
                    if (Reload(expected))
                    {
                        Committed(kill);
                        return;
                    }

                    await ObstructedAsync("The disk failed while the journal was written: it is tried again.", kill);
                    break;
            }
        }
    }

    /// <summary>Waits a little; whoever wants the engine to end does not wait with it.</summary>
    private async Task ObstructedAsync(string notice, CancellationToken kill)
    {
        if (isDraining)
        {
            throw EngineException.JournalObstructed(run.Header.RunId, notice);
        }

        parts.Notice?.Invoke(notice);
        await Task.Delay(SpaceCheck, parts.Time, kill);
    }

    /// <summary>After an append of unknown outcome: opens the journal anew and looks. True when the entries are there.</summary>
    private bool Reload(long expected)
    {
        var epoch = journal.Epoch;
        journal.Dispose();
        journal = parts.Reopen();
        if (journal.Epoch != epoch)
        {
            throw EngineException.Replaced(run.Header.RunId);
        }

        return journal.Version == expected ? false
            : journal.Version == uncommitted[^1].Version ? true
            : throw EngineException.JournalUncertain(run.Header.RunId, $"it ends at entry {journal.Version}");
    }

    private void Committed(CancellationToken kill)
    {
        parts.Committed?.Invoke(run, uncommitted);
        foreach (var entry in uncommitted)
        {
            if (entry.Event is RunEvent.AttemptStarted e)
            {
                var step = run.Table.IndexOf(e.Step);
                StartAttempt(OrderOf(run.LiveAttemptOf(step, e.Attempt)!, isRecovery: false), kill);
            }
        }

        uncommitted.Clear();
    }

    private AttemptOrder OrderOf(LiveAttempt attempt, bool isRecovery) => new(
        attempt.Step,
        attempt.Attempt,
        isRecovery,
        run.RemarkOf(attempt.Step),
        MaySendBack: run[attempt.Step].AgentFailures < run.Header.Retries.Retries,
        new(attempt.ReservedTokens, attempt.ReservedUsd ?? 0),
        attempt.Used);

    private void StartAttempt(AttemptOrder order, CancellationToken kill)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(kill);
        running.Add((order.Step, order.Attempt), stop);
        var inputs = parts.Read(run, order);
        var attempt = Task.Factory.StartNew( // On the loop's own scheduler: the thread pool, or a simulation's.
            () => CarryOutAsync(order, inputs, stop, kill), CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current).Unwrap();
        attempts.Add(attempt);
        if (attempts.Count > MailboxSize)
        {
            attempts.RemoveWhere(task => task.IsCompleted);
        }
    }

    private async Task CarryOutAsync(
        AttemptOrder order, AttemptInputs inputs, CancellationTokenSource stop, CancellationToken kill)
    {
        try
        {
            await parts.Attempt(order, inputs, command => command is RunCommand.RaiseReserve ? DecidedAsync(command, stop.Token) : PostAsync(command, kill), stop.Token);
        }
        catch (OperationCanceledException) when (kill.IsCancellationRequested)
        {
            // The engine ends here; the next one recovers this attempt from the journal.
        }
        catch (ChannelClosedException)
        {
            // Likewise: the loop has ended.
        }
        catch (Exception e)
        {
            fault ??= e; // A bug of ours: the loop rethrows it, and the run stops rather than going on wrongly.
            mailbox.Writer.TryComplete(e);
        }
    }

    /// <summary>Hands a command in and returns once it is decided.</summary>
    private async ValueTask DecidedAsync(RunCommand command, CancellationToken stop)
    {
        var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopped = stop.UnsafeRegister((state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), decided);
        await mailbox.Writer.WriteAsync(new(command, decided), stop);
        await decided.Task; // Not its WaitAsync: that would go on by the thread pool, whatever the loop runs on.
    }

    private async ValueTask<bool> IsOverAsync()
    {
        if (fault is { } e)
        {
            throw new InvalidOperationException("An attempt ended in a bug of the engine.", e);
        }

        if (running.Count > 0)
        {
            return false;
        }

        while (run.OpenSteps == 0 && run.IsLaunching)
        {
            if (parts.Finish is null)
            {
                return true;
            }

            if (run.Gates.FirstOrDefault(gate => gate.Standing is GateStanding.Open) is { } open)
            {
                Take(new RunCommand.PauseRun(PauseKind.Gate, $"the gate '{open.Name}' waits for a person: {open.Subject}", Until: null));
                return true;
            }

            if (!await TakeBrokenSealsAsync())
            {
                Take(new RunCommand.FinishRun(await parts.Finish(run), parts.Outcome?.Invoke(run)));
                return true;
            }
        }

        var goesOnByItself = run is { Status: RunStatus.Paused, Pause.Until: not null } || (run.IsLaunching && run.NextRetryAt is not null);
        return isDraining || !(goesOnByItself || (run.IsLaunching && HasMore()));
    }

    /// <summary>Looks whether everything that is published is still what was sealed: nothing is told as complete that is not there.</summary>
    /// <returns>Whether something was not, and the run is no longer as it was.</returns>
    private async ValueTask<bool> TakeBrokenSealsAsync()
    {
        var version = run.Version;
        foreach (var command in parts.CheckSeals is { } check ? await check(run) : [])
        {
            Take(command);
        }

        return run.Version > version;
    }

    private bool HasMore() => run.NextReady(Now.UtcTicks, workersOnly: run.Header.Waves && run.HasOpenWorkers) >= 0;

    private async ValueTask WaitAsync(CancellationToken kill)
    {
        if (running.Count == 0 && run.IsLaunching && HasMore() && !isDraining)
        {
            return;
        }

        // A retry that is due already waits for capacity or, in waves, for the workers: in any case for an attempt to end.
        var now = Now.UtcTicks;
        var goesOnAt = run.Pause?.Until?.UtcTicks ?? (run.IsLaunching && !isDraining ? run.NextRetryAfter(now) : null);
        goesOnAt = isHeldBack ? Math.Min(goesOnAt ?? long.MaxValue, now + AdmissionCheck.Ticks) : goesOnAt;
        var endsAt = running.Count > 0 && !isOutOfTime ? TimeIsUpAt?.UtcTicks : null;
        if ((goesOnAt < endsAt ? goesOnAt : endsAt ?? goesOnAt) is not { } at)
        {
            await mailbox.Reader.WaitToReadAsync(kill);
            return;
        }

        var wait = TimeSpan.FromTicks(Math.Clamp(at - now, 0, TimeSpan.FromHours(1).Ticks));
        await using var timer = parts.Time.CreateTimer(_ => Wake(), null, wait, Timeout.InfiniteTimeSpan);
        await mailbox.Reader.WaitToReadAsync(kill);
        Take(new RunCommand.EndPause(Now));
        if (running.Count > 0 && !isOutOfTime && Now >= TimeIsUpAt)
        {
            isOutOfTime = true;
            Take(new RunCommand.PauseRun(PauseKind.Cap, $"the limit of {run.Limits.Wall} wall-clock time is reached", Until: null));
            StopAttempts();
        }
    }

    /// <summary>When the limit of wall-clock time is reached, UTC: attempts that run then are ended, and are tried again should it be raised.</summary>
    private DateTimeOffset? TimeIsUpAt => run.LastAt + (run.Limits.Wall - run.Wall);

    /// <summary>What lies in the mailbox; without a command it only wakes the loop.</summary>
    private readonly record struct Letter(RunCommand? Command, TaskCompletionSource? Decided = null);
}
