using System.Globalization;
using Muster.Dispatch;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>One run in a simulated world: engines that are killed and started again, agents and a journal that fail, then calm.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private const int MostEngines = 40;
    private readonly Random chance;
    private readonly SimulatedTime time = new();
    private readonly SimulatedScheduler scheduler;
    private readonly InMemoryJournal store = new();
    private readonly SimulatedWorld world;
    private readonly RunHeader header;
    private readonly Func<StepTable> table;
    private readonly Promises promises;
    private readonly Func<RunLoopParts, RunLoopParts> plant;
    private readonly HashSet<(int, int)> durable = [];
    private readonly Func<IJournal, IJournal> plantJournal;
    private long judged;
    private bool isCalm;
    private Exception? lastFault;

    private SimulatedRun(int seed, Func<RunLoopParts, RunLoopParts> plant, Func<IJournal, IJournal> plantJournal)
    {
        chance = new(seed);
        (this.plant, this.plantJournal) = (plant, plantJournal);
        scheduler = new(chance);
        (header, table) = SimulatedPlan.Make(chance);
        promises = new(header, table());
        world = new(chance, time, outlivesEngine: chance.Next(2) == 0)
        {
            IntentIsDurable = (step, attempt) => durable.Contains((step, attempt)),
            HashOfInputs = step => step.ToString(CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Simulates one seed; throws when a promise is broken.</summary>
    public static RunState Go(
        int seed, Func<RunLoopParts, RunLoopParts>? plant = null, Func<IJournal, IJournal>? plantJournal = null, ISet<string>? transitions = null)
    {
        using var run = new SimulatedRun(seed, plant ?? (parts => parts), plantJournal ?? (journal => journal));
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

    private string Tail() => string.Join('\n', store.ReadAfter(0).Where(e => e.Event is not RunEvent.EngineStarted).TakeLast(12).Select(e => $"{e.Version} {e.Epoch} {e.At:HH:mm:ss} {e.Event}")
        .Append(lastFault?.Message ?? "no engine failed").Append(Digest(Fold())));

    private RunState Go()
    {
        var first = new RunState(table());
        Append(first, [new RunEvent.RunPlanned(header, first.Table.WorkerCount, "00")]);
        for (var engine = 0; engine < MostEngines; engine++)
        {
            isCalm = world.IsCalm = engine > 6;
            var run = Drive();
            Judge();
            var again = Fold();
            Require(Digest(run) == Digest(again) || run.Version != again.Version, "the fold of the journal is another state");
            promises.Compare(again, world.Published);
            if (again.IsFinished || (isCalm && again.Status is RunStatus.Paused && again.Pause!.Kind is PauseKind.Cap))
            {
                return again;
            }
        }

        throw new SimulationException("the run did not end although nothing failed any more");
    }

    /// <summary>One engine's life, from taking the run over to its end or its death.</summary>
    private RunState Drive()
    {
        var journal = Open();
        var run = Fold();
        store.ClaimEpoch();
        Append(run, [new RunEvent.EngineStarted(store.Epoch, 1, "host", "boot", "0")]);
        if (run.Status is RunStatus.Paused or RunStatus.AwaitingHuman or RunStatus.Cancelled)
        {
            Append(run, RunDecider.Decide(run, new RunCommand.ContinueRun("resume")));
        }

        using var kill = new CancellationTokenSource();
        var loop = new RunLoop(run, Open(), plant(new()
        {
            Time = time,
            Read = AttemptInputsReader.Read,
            Attempt = (order, inputs, tell, stop) => world.AttemptAsync(run.Table, order, inputs, tell, stop),
            Finish = _ => Task.FromResult(100),
            Reopen = Open,
            Committed = (_, _) => Judge(),
        }));
        var driving = Task.Factory.StartNew(() => loop.RunAsync(kill.Token), CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        Pump(driving, run, loop, kill);
        return run;
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

            Require(steps < 50_000, "the loop does not come to rest");
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
        switch (chance.Next(4))
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
            default:
                store.ClaimEpoch(); // Another engine takes over; this one must write nothing more.
                break;
        }
    }

    private IJournal Open() => plantJournal(new FaultyJournal(store, chance, () => isCalm ? 0 : 0.03));

    private void Judge()
    {
        foreach (var entry in store.ReadAfter(judged))
        {
            promises.Take(entry);
            judged = entry.Version;
            if (entry.Event is RunEvent.AttemptStarted e)
            {
                durable.Add((promisesIndex(e.Step), e.Attempt));
            }
        }

        int promisesIndex(string key) => indices.TryGetValue(key, out var index) ? index : indices[key] = table().IndexOf(key);
    }

    private readonly Dictionary<string, int> indices = [];

    /// <summary>Takes an entry in and notes how the status of each step changed.</summary>
    public static void Evolve(RunState run, RunEntry entry, ISet<string> transitions)
    {
        var before = Enumerable.Range(0, run.Header is null ? 0 : run.Table.Count).Select(i => run[i].Status).ToArray();
        run.Evolve(entry);
        for (var i = 0; i < before.Length; i++)
        {
            if (run[i].Status != before[i])
            {
                transitions.Add($"{before[i]} {entry.Event.GetType().Name} {run[i].Status}");
            }
        }
    }

    private RunState Fold(ISet<string>? transitions = null)
    {
        var run = new RunState(table());
        foreach (var entry in store.ReadAfter(0))
        {
            if (transitions is null)
            {
                run.Evolve(entry);
            }
            else
            {
                Evolve(run, entry, transitions);
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
            run.Evolve(entry);
        }

        Judge();
    }

    private static string Digest(RunState run)
    {
        var text = new System.Text.StringBuilder($"{run.Version} {run.Status} {run.Census} {run.Coordinators} {run.Spent} {run.Attempts} {run.OpenSteps} ")
            .Append($"{run.UnitsInUse} {run.Wave} {run.FlatTokens} {run.Capacity} {run.LostAttempts} {run.ReservedTokens} {run.Wall} {run.NextRetryAt}");
        for (var i = 0; i < run.Table.Count; i++)
        {
            text.Append('\n').Append(run[i].ToString()).Append(run.ReasonOf(i));
        }

        return text.ToString();
    }

    private static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new SimulationException(promise);
        }
    }
}
