using System.Collections.Immutable;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Journal;
using Muster.Pipeline;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster;

/// <summary>An engine at work on one run: it holds the lock and the epoch, and drives the loop.</summary>
public sealed class RunSession : IDisposable
{
    private const int MostFruitlessStarts = 8;

    private readonly HostLock hostLock;
    private readonly EngineOptions options;
    private SqliteJournal journal;
    private TaskFile tasks;
    private AttemptRunner? runner;

    private RunSession(RunDirectory directory, HostLock hostLock, SqliteJournal journal, RunState run, TaskFile tasks, EngineOptions options) =>
        (Directory, this.hostLock, this.journal, Run, this.tasks, this.options) = (directory, hostLock, journal, run, tasks, options);

    /// <summary>Where the run lives.</summary>
    public RunDirectory Directory { get; }

    /// <summary>The run; owned by the loop while <see cref="RunLoop.RunAsync"/> is under way.</summary>
    public RunState Run { get; }

    /// <summary>The task of a worker, by its step's index.</summary>
    public TaskSpec TaskOf(int step) => tasks[step];

    /// <summary>Makes a new run: freezes its tasks and writes its first entries. Nothing is launched yet.</summary>
    /// <param name="directory">A directory that was made for it.</param>
    /// <param name="header">What it is.</param>
    /// <param name="planText">The plan as the user wrote it.</param>
    /// <param name="tasks">Expanded, in the plan's order.</param>
    /// <param name="prompts">The templates that are frozen with it.</param>
    /// <param name="options">How the engine works.</param>
    /// <param name="cancellationToken">Stops between tasks.</param>
    public static RunSession Create(
        RunDirectory directory, RunHeader header, string planText, IEnumerable<TaskSpec> tasks, RunPrompts prompts, EngineOptions options,
        CancellationToken cancellationToken)
    {
        var hostLock = HostLock.Take(directory.Path, header.RunId);
        SqliteJournal? journal = null;
        try
        {
            File.WriteAllText(directory.Plan, planText);
            header = header with { Prompts = prompts.Freeze(directory.Path) };
            var steps = new StepTableBuilder(header);
            var file = TaskFile.Write(Path.Combine(directory.Path, header.TasksFile), tasks, steps.Add, cancellationToken);
            directory.LayOut(file.Count);
            RunHeaderFile.Write(directory.Path, header);
            journal = SqliteJournal.Create(directory.Journal);
            var run = new RunState(steps.Build());
            Append(run, journal, journal.ClaimEpoch(), options.Time, [new RunEvent.RunPlanned(header, file.Count, file.Sha256), Started(journal)]);
            return new(directory, hostLock, journal, run, file, options);
        }
        catch
        {
            journal?.Dispose();
            hostLock.Dispose();
            throw;
        }
    }

    /// <summary>Opens a run that was made before, to drive it on.</summary>
    /// <exception cref="EngineException">Another engine drives it.</exception>
    /// <exception cref="JournalException">Its journal cannot be used.</exception>
    public static RunSession Open(RunDirectory directory, EngineOptions options)
    {
        var hostLock = HostLock.Take(directory.Path, directory.RunId);
        SqliteJournal? journal = null;
        try
        {
            journal = SqliteJournal.Open(directory.Journal);
            var reader = RunReader.Open(directory, journal, ownsJournal: false);
            Append(reader.Run, journal, journal.ClaimEpoch(), options.Time, [Started(journal)]);
            return new(directory, hostLock, journal, reader.Run, reader.Tasks, options);
        }
        catch
        {
            journal?.Dispose();
            hostLock.Dispose();
            throw;
        }
    }

    /// <summary>Decides a person's command at once, before the loop runs.</summary>
    /// <exception cref="RunStateException">It does not fit.</exception>
    public void Apply(RunCommand command)
    {
        var events = RunDecider.Decide(Run, command);
        if (events.Count > 0)
        {
            Append(Run, journal, journal.Epoch, options.Time, events);
        }
    }

    /// <summary>Puts an edited plan in the run's place; what it asks as before keeps its result, and stopped agents may be used again.</summary>
    /// <param name="header">The header with the new plan; its tasks file must have a name that is not taken.</param>
    /// <param name="planText">The plan as the user wrote it.</param>
    /// <param name="amended">Expanded, in the plan's order.</param>
    /// <param name="prompts">The templates from now on; what another one asks is asked again.</param>
    /// <param name="cancellationToken">Stops between tasks.</param>
    /// <exception cref="RunStateException">Attempts are under way: they are of the plan as it was, so a loop must settle them first.</exception>
    public void Amend(RunHeader header, string planText, IEnumerable<TaskSpec> amended, RunPrompts prompts, CancellationToken cancellationToken)
    {
        Run.RequireSettled();
        header = header with { Prompts = prompts.Freeze(Directory.Path) };
        var steps = new StepTableBuilder(header);
        var file = TaskFile.Write(Path.Combine(Directory.Path, header.TasksFile), amended, steps.Add, cancellationToken);
        if (Run.StoppedAgents.Count > 0)
        {
            Append(Run, journal, journal.Epoch, options.Time, [.. Run.StoppedAgents.Keys.Order(StringComparer.Ordinal).Select(agent => new RunEvent.AgentAllowed(agent))]);
        }

        var now = options.Time.GetUtcNow();
        var entry = new RunEntry(
            Run.Version + 1, journal.Epoch, now > Run.LastAt ? now : Run.LastAt, new RunEvent.PlanAmended(header, file.Count, file.Sha256));
        if (journal.Append(Run.Version, journal.Epoch, [entry]) is not AppendOutcome.Appended)
        {
            throw EngineException.JournalUncertain(header.RunId, "the amended plan could not be written");
        }

        var table = steps.Build();
        Run.Evolve(entry, table, RunReader.SummariesFor(journal, Run, table));
        RunHeaderFile.Write(Directory.Path, header);
        File.WriteAllText(Directory.Plan, planText);
        tasks.Dispose();
        tasks = file;
    }

    /// <summary>A loop that drives the run; another one only after it has ended.</summary>
    /// <param name="agents">By name.</param>
    /// <param name="finish">Writes the summary and reports, returns the summary's tokens; null where attempts are only to be settled.</param>
    public RunLoop CreateLoop(IReadOnlyDictionary<string, IAgent> agents, Func<RunState, Task<int>>? finish)
    {
        if (Run.FruitlessStarts > MostFruitlessStarts && Run.IsLaunching)
        {
            Apply(new RunCommand.PauseRun(PauseKind.Poison, $"{Run.FruitlessStarts} engines were started without an attempt ending", null));
        }

        if (Run.Undecided.Count > 0 && Run.IsLaunching)
        {
            Apply(new RunCommand.ContinueRun("what is undecided is looked at again"));
        }

        var pipeline = Run.Header.Build is null ? null : BuildPipeline.Create(Run, Directory, options);
        if (pipeline is not null)
        {
            agents = new Dictionary<string, IAgent>(agents, StringComparer.Ordinal) { [BuildHeader.EngineAgent] = pipeline.Engine };
        }

        foreach (var agent in Run.Table.Agents)
        {
            if (!agents.ContainsKey(agent))
            {
                throw EngineException.NoSuchAgent(agent, agents.Keys);
            }
        }

        runner?.Dispose();
        runner = new(Run.Table, Run.Header, Directory, pipeline?.Work ?? new PlanWork(Run.Table, Run.Header, Directory, step => tasks[step], options.Dispatch), agents, options.Dispatch, options.Time);
        var memory = new MemoryAdmission(options.Dispatch, options.Time);
        return new(Run, journal, new()
        {
            Time = options.Time,
            Read = AttemptInputsReader.Read,
            Attempt = runner.RunAsync,
            LetGo = () => agents.Values.OfType<IResumableAgent>().ToList().ForEach(agent => agent.LetGo()),
            Admit = (agent, live) => !agents[agent].StartsProcess || memory.Admits(live, options.Notice),
            Finish = finish,
            Workflow = pipeline is null ? null : BuildWorkflow.Wanted,
            Outcome = pipeline is null ? null : BuildWorkflow.OutcomeOf,
            CheckSeals = finish is null ? null : state => SealCheck.LookAsync(state, Directory),
            Reopen = () => journal = SqliteJournal.Open(Directory.Journal),
            Committed = options.Committed,
            Notice = options.Notice,
        });
    }

    /// <summary>Closes the journal and lets the lock go.</summary>
    public void Dispose()
    {
        runner?.Dispose();
        journal.Dispose();
        tasks.Dispose();
        hostLock.Dispose();
    }

    private static RunEvent.EngineStarted Started(SqliteJournal journal) => new(
        journal.Epoch, Environment.ProcessId, Environment.MachineName, HostIdentity.BootId, HostIdentity.Version);

    private static void Append(RunState run, SqliteJournal journal, long epoch, TimeProvider time, IReadOnlyList<RunEvent> events)
    {
        var now = time.GetUtcNow();
        var at = now > run.LastAt ? now : run.LastAt;
        var entries = events.Select((e, i) => new RunEntry(run.Version + 1 + i, epoch, at, e)).ToImmutableArray();
        var outcome = journal.Append(run.Version, epoch, entries);
        if (outcome is not AppendOutcome.Appended)
        {
            throw outcome is AppendOutcome.Refused
                ? EngineException.Replaced(run.Header.RunId)
                : EngineException.JournalUncertain(run.Header?.RunId ?? "new", outcome.ToString());
        }

        foreach (var entry in entries)
        {
            run.Evolve(entry);
        }
    }
}
