using Muster.Artefacts;
using Muster.Journal;
using Muster.Plans;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster;

/// <summary>Reads a run from its directory: the fold of its journal over the steps of its tasks file.</summary>
public sealed class RunReader : IDisposable
{
    private readonly RunDirectory directory;
    private readonly IJournal journal;
    private readonly bool ownsJournal;

    private RunReader(RunDirectory directory, IJournal journal, RunState run, TaskFile tasks, bool ownsJournal) =>
        (this.directory, this.journal, Run, Tasks, this.ownsJournal) = (directory, journal, run, tasks, ownsJournal);

    /// <summary>The run as far as it has been read.</summary>
    public RunState Run { get; }

    /// <summary>Its tasks.</summary>
    public TaskFile Tasks { get; private set; }

    /// <summary>Opens a run to look at it, also while an engine drives it.</summary>
    /// <exception cref="MusterException">Its journal or tasks file cannot be used.</exception>
    public static RunReader Open(RunDirectory directory)
    {
        var journal = SqliteJournal.OpenReader(directory.Journal);
        try
        {
            return Open(directory, journal, ownsJournal: true);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Takes in what has been written since.</summary>
    /// <returns>The new entries, in order.</returns>
    public IReadOnlyList<RunEntry> Refresh()
    {
        var entries = journal.ReadAfter(Run.Version).ToList();
        entries.ForEach(Take);
        return entries;
    }

    /// <summary>Closes the journal and the tasks file.</summary>
    public void Dispose()
    {
        if (ownsJournal)
        {
            journal.Dispose();
        }

        Tasks.Dispose();
    }

    internal static RunReader Open(RunDirectory directory, IJournal journal, bool ownsJournal)
    {
        var entries = journal.ReadAfter(0).GetEnumerator();
        if (!entries.MoveNext() || entries.Current.Event is not RunEvent.RunPlanned planned)
        {
            throw JournalException.Empty(directory.Journal);
        }

        var (table, tasks) = Load(directory, planned.Header, planned.TasksSha256);
        var reader = new RunReader(directory, journal, new(table), tasks, ownsJournal);
        reader.Take(entries.Current);
        while (entries.MoveNext())
        {
            reader.Take(entries.Current);
        }

        return reader;
    }

    /// <summary>The steps of a tasks file.</summary>
    internal static (StepTable Table, TaskFile Tasks) Load(RunDirectory directory, RunHeader header, string? sha256)
    {
        var tree = new SynthesisTree(header);
        var tasks = TaskFile.Open(Path.Combine(directory.Path, header.TasksFile), sha256, (task, print) => Add(tree, task, print));
        return (tree.Build(), tasks);
    }

    internal static void Add(SynthesisTree tree, TaskSpec task, Hash256 fingerprint) =>
        tree.AddWorker(task.Id, task.Domain, task.Tier, task.Agent, fingerprint, task.Estimate, task.After);

    private void Take(RunEntry entry)
    {
        if (entry.Event is RunEvent.PlanAmended amended)
        {
            var (table, tasks) = Load(directory, amended.Header, amended.TasksSha256);
            Tasks.Dispose();
            Tasks = tasks;
            Run.Evolve(entry, table);
        }
        else
        {
            Run.Evolve(entry);
        }
    }
}
