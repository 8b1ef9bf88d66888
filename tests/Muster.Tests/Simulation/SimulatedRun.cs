using Muster.Dispatch;
using Muster.Journal;
using Muster.Runs;
using static Muster.Tests.Simulation.Promise;

namespace Muster.Tests.Simulation;

/// <summary>
/// One run in a simulated world: engines that are killed and started again, agents and a journal that fail, a person who cancels,
/// retries, raises limits and edits the plan, files that somebody changes, a clock that jumps and timers that are late; then calm.
/// </summary>
internal sealed class SimulatedRun : IDisposable
{
    private const int RoughEngines = 6, MostEngines = 40;
    private readonly Random chance;
    private readonly SimulatedTime time = new();
    private readonly SimulatedScheduler scheduler;
    private readonly InMemoryJournal store = new();
    private readonly SimulatedWorld world;
    private readonly Facts facts = new();
    private readonly List<SimulatedPlan> plans = [];
    private readonly Promises promises;
    private readonly Func<RunLoopParts, RunLoopParts> plant;
    private readonly Func<IJournal, IJournal> plantJournal;
    private readonly HashSet<(string, int)> durable = [];
    private long judged;
    private int amendments;
    private long? replacedAt;
    private bool isCalm;
    private Exception? lastFault;
    private Action<RunEntry>? journaled;

    private SimulatedRun(int seed, Func<RunLoopParts, RunLoopParts> plant, Func<IJournal, IJournal> plantJournal)
    {
        chance = new(seed);
        (this.plant, this.plantJournal) = (plant, plantJournal);
        scheduler = new(chance);
        plans.Add(SimulatedPlan.Make(chance));
        promises = new(plans[0].Header, plans[0].Table, facts);
        world = new(chance, time, outlivesEngine: chance.Next(2) == 0, facts)
        {
            IntentIsDurable = (step, attempt) => durable.Contains((step, attempt)),
        };
        var (isStarved, sleeps) = (chance.Next(4) == 0, chance.Next(8) == 0);
        time.Lateness = () => isCalm ? TimeSpan.Zero
            : isStarved && chance.Next(8) == 0 ? TimeSpan.FromSeconds(chance.Next(600))
            : sleeps && chance.Next(50) == 0 ? TimeSpan.FromHours(8)
            : TimeSpan.Zero;
    }

    /// <summary>Simulates one seed; throws when a promise is broken.</summary>
    public static RunState Go(
        int seed, Func<RunLoopParts, RunLoopParts>? plant = null, Func<IJournal, IJournal>? plantJournal = null, ISet<string>? transitions = null,
        Action<RunEntry>? journaled = null)
    {
        using var run = new SimulatedRun(seed, plant ?? (parts => parts), plantJournal ?? (journal => journal)) { journaled = journaled };
        try
        {
            var end = run.Go();
            if (transitions is not null)
            {
                run.Fold(transitions);
            }

            return end;
        }
        catch (Exception e)
        {
            throw new SimulationException($"Seed {seed}: {e.Message}\n{run.Tail()}\n{e.StackTrace}");
        }
    }

    public void Dispose() => store.Dispose();

    /// <summary>Takes an entry in and notes how the status of each step changed.</summary>
    public static void Evolve(RunState run, RunEntry entry, ISet<string> transitions, StepTable? amended = null)
    {
        var before = Enumerable.Range(0, run.Header is null ? 0 : run.Table.Count).Select(i => run[i].Status).ToArray();
        run.Evolve(entry, amended);
        for (var i = 0; i < before.Length && entry.Event is not RunEvent.PlanAmended; i++)
        {
            if (run[i].Status != before[i])
            {
                transitions.Add($"{before[i]} {entry.Event.GetType().Name} {run[i].Status}");
            }
        }
    }

    private string Tail() => string.Join('\n', store.ReadAfter(0).Where(e => e.Event is not RunEvent.EngineStarted).TakeLast(int.TryParse(Environment.GetEnvironmentVariable("MUSTER_TAIL"), out var tail) ? tail : 12).Select(e => $"{e.Version} {e.Epoch} {e.At:HH:mm:ss} {e.Event}")
        .Append(lastFault?.Message ?? "no engine failed").Append(Digest(Fold())));

    private RunState Go()
    {
        var first = new RunState(plans[0].Table);
        Append(first, [new RunEvent.RunPlanned(plans[0].Header, first.Table.WorkerCount, "00")]);
        for (var engine = 0; engine < MostEngines; engine++)
        {
            isCalm = world.IsCalm = engine > RoughEngines;
            var run = Drive();
            Judge();
            var again = Fold();
            Require(Digest(run) == Digest(again) || run.Version != again.Version, "the fold of the journal is another state");
            promises.Compare(again, world.Published);
            if (again.IsFinished && (isCalm || chance.Next(2) == 0))
            {
                return again;
            }

            if (isCalm && again.Status is RunStatus.Paused && again.Pause!.Kind is PauseKind.Cap)
            {
                return again;
            }
        }

        throw new SimulationException("the run did not end although nothing failed any more");
    }

    /// <summary>One engine's life, from taking the run over to its end or its death.</summary>
    private RunState Drive()
    {
        var run = Fold();
        store.ClaimEpoch();
        replacedAt = null;
        Append(run, [new RunEvent.EngineStarted(store.Epoch, 1, "host", "boot", "0")]);
        Ask(run);
        if ((!run.IsLaunching || run.Undecided.Count > 0) && !run.IsFinished)
        {
            facts.PersonContinues = true;
            Append(run, RunDecider.Decide(run, new RunCommand.ContinueRun("resume")));
        }

        using var kill = new CancellationTokenSource();
        var parts = plant(new()
        {
            Time = time,
            Read = AttemptInputsReader.Read,
            Attempt = (order, inputs, tell, stop) => world.AttemptAsync(run.Table, order, inputs, tell, stop),
            Finish = _ => Task.FromResult(100),
            Reopen = Open,
            Committed = (state, _) =>
            {
                Judge();
                promises.CompareCensus(state);
            },
        });
        var (launch, looks) = (parts.Launch, 0);
        var loop = new RunLoop(run, Open(), parts with
        {
            Launch = (state, now) =>
            {
                Require(++looks < 20_000, "the loop spins");
                return launch(state, now);
            },
        });
        var driving = Task.Factory.StartNew(() => loop.RunAsync(kill.Token), CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        Pump(driving, run, loop, kill);
        return run;
    }

    /// <summary>What a person does between engines.</summary>
    private void Ask(RunState run)
    {
        if (isCalm || chance.Next(3) != 0)
        {
            return;
        }

        if (run.Undecided.Count > 0)
        {
            Decide(run);
            return;
        }

        switch (chance.Next(4))
        {
            case 0 when run.Live.Count == 0 && amendments < 3:
                amendments++;
                plans.Add(plans[^1].Amend(chance));
                Append(run, [new RunEvent.PlanAmended(plans[^1].Header, plans[^1].Table.WorkerCount, "00")]);
                break;
            case 1 when Enumerable.Range(0, run.Table.Count).Where(i => run[i].IsFinal).ToList() is { Count: > 0 } finals:
                Retry(run, run.Table[finals[chance.Next(finals.Count)]].Key);
                break;
            case 2 when Enumerable.Range(0, run.Table.Count).Any(i => run[i].Status is StepStatus.Failed or StepStatus.Skipped):
                Retry(run, null);
                break;
            case 3 when run.Limits != new RunLimits():
                Append(run, RunDecider.Decide(run, new RunCommand.ChangeLimits(run.Limits with
                {
                    Agents = run.Limits.Agents + 20,
                    Tokens = run.Limits.Tokens * 2,
                    Usd = run.Limits.Usd * 2,
                    Wall = run.Limits.Wall * 2,
                })));
                break;
        }
    }

    private void Decide(RunState run)
    {
        var (isSkipped, decided) = (chance.Next(2) == 0, run.Undecided.Where(_ => chance.Next(2) == 0).ToList());
        foreach (var (step, attempt) in decided)
        {
            facts.Decided[(run.Table[step].Key, attempt)] = isSkipped;
        }

        Append(run, RunDecider.Decide(run, new RunCommand.DecideSteps([.. decided.Select(u => run.Table[u.Step].Key)], isSkipped)));
    }

    private void Retry(RunState run, string? step)
    {
        for (var i = 0; i < run.Table.Count; i++)
        {
            if (step is null ? run[i].Status is StepStatus.Failed or StepStatus.Skipped : run.Table[i].Key == step)
            {
                MayBeReset(i);
            }
        }

        void MayBeReset(int i)
        {
            facts.MayBeReset.Add(run.Table[i].Key);
            foreach (var before in run.Table[i].After ?? [])
            {
                if (run[before].Status is StepStatus.Failed or StepStatus.Skipped)
                {
                    MayBeReset(before); // Without it the step could not be done.
                }
            }
        }

        facts.PersonContinues = true;
        Append(run, RunDecider.Decide(run, new RunCommand.RetrySteps(step)));
    }

    private void Pump(Task driving, RunState run, RunLoop loop, CancellationTokenSource kill)
    {
        var steps = 0;
        var death = isCalm || chance.Next(3) == 0 ? int.MaxValue : chance.Next(1, 400);
        var disturbance = isCalm ? int.MaxValue : chance.Next(1, 600);
        while (!driving.IsCompleted)
        {
            if (++steps == death)
            {
                world.EngineDied();
                kill.Cancel();
            }

            if (steps == disturbance)
            {
                Disturb(run, loop);
            }

            Require(steps < 100_000, "the loop does not come to rest");
            Require(scheduler.RunOne() || time.FireNext(), "the loop waits for something that will never come");
        }

        Require(!driving.IsCanceled || kill.IsCancellationRequested, "the loop ended as cancelled although nobody killed it");
        lastFault = driving.Exception?.InnerException ?? lastFault;
        if (driving.Exception?.InnerException is { } e and not EngineException)
        {
            throw e is InvalidOperationException { InnerException: SimulationException broken } ? broken : e;
        }
    }

    private void Disturb(RunState run, RunLoop loop)
    {
        switch (chance.Next(5))
        {
            case 0:
                time.WallOffset += TimeSpan.FromMinutes(chance.Next(-90, 90));
                break;
            case 1:
                loop.Drain();
                break;
            case 2 when !run.IsFinished && run.Status is not RunStatus.Cancelled:
                _ = loop.PostAsync(new RunCommand.CancelRun("asked"), CancellationToken.None).AsTask();
                break;
            case 3:
                world.Tamper();
                break;
            default:
                store.ClaimEpoch(); // Another engine takes over; this one must write nothing more.
                replacedAt = store.Version;
                break;
        }
    }

    private IJournal Open() => plantJournal(new FaultyJournal(store, chance, () => isCalm ? 0 : 0.03));

    private void Judge()
    {
        foreach (var entry in store.ReadAfter(judged))
        {
            Require(replacedAt is not { } last || entry.Version <= last, "an engine wrote on although another had taken over");
            promises.Take(entry, AmendedBy(entry));
            journaled?.Invoke(entry);
            judged = entry.Version;
            if (entry.Event is RunEvent.AttemptStarted e)
            {
                durable.Add((e.Step, e.Attempt));
            }
        }
    }

    private StepTable? AmendedBy(RunEntry entry) =>
        entry.Event is RunEvent.PlanAmended e ? plans.Find(plan => plan.Header.TasksFile == e.Header.TasksFile)!.Table : null;

    private RunState Fold(ISet<string>? transitions = null)
    {
        var run = new RunState(plans[0].Table);
        foreach (var entry in store.ReadAfter(0))
        {
            if (transitions is null)
            {
                run.Evolve(entry, AmendedBy(entry));
            }
            else
            {
                Evolve(run, entry, transitions, AmendedBy(entry));
            }
        }

        return run;
    }

    private void Append(RunState run, IReadOnlyList<RunEvent> events)
    {
        foreach (var e in events)
        {
            var entry = new RunEntry(run.Version + 1, store.Epoch, time.GetUtcNow() > run.LastAt ? time.GetUtcNow() : run.LastAt, e);
            Require(store.Append(run.Version, store.Epoch, [entry]) is AppendOutcome.Appended, "the simulation's own append was refused");
            run.Evolve(entry, AmendedBy(entry));
        }

        Judge();
        promises.CompareCensus(run);
    }

    private static string Digest(RunState run)
    {
        var text = new System.Text.StringBuilder($"{run.Version} {run.Status} {run.Census} {run.Coordinators} {run.Spent} {run.Attempts} {run.OpenSteps} ")
            .Append($"{run.UnitsInUse} {run.Wave} {run.FlatTokens} {run.Capacity} {run.LostAttempts} {run.ReservedTokens} {run.Wall} {run.NextRetryAt} {run.Undecided.Count}");
        for (var i = 0; i < run.Table.Count; i++)
        {
            text.Append('\n').Append(run[i].ToString()).Append($" {run.AskedOf(i)} {run.RetryAtOf(i)} {run.TransientWaitOf(i)} ").Append(run.ReasonOf(i));
        }

        return text.ToString();
    }
}
