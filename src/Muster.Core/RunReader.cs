using Muster.Artefacts;
using Muster.Journal;
using Muster.Plans;
using Muster.Runs;

namespace Muster;

/// <summary>Reads a run from its directory: the fold of its journal over the steps of its tasks file.</summary>
public sealed class RunReader : IDisposable
{
    /// <summary>An engine claims an epoch and then writes its first entry; few die between the two.</summary>
    private const int MostClaimsWithoutEntry = 10_000;

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
        if (!MoveNext(directory, entries) || entries.Current.Event is not RunEvent.RunPlanned { Header: not null } planned)
        {
            throw JournalException.Empty(directory.Journal);
        }

        var (table, tasks) = Load(directory, planned.Header, planned.TasksSha256);
        var reader = new RunReader(directory, journal, new(table), tasks, ownsJournal);
        try
        {
            reader.Take(entries.Current);
            while (MoveNext(directory, entries))
            {
                reader.Take(entries.Current);
            }
        }
        catch
        {
            tasks.Dispose();
            throw;
        }

        return reader;
    }

    /// <summary>How many of a journal's entries, from the first on, make sense after those before them.</summary>
    internal static int CountFitting(RunDirectory directory, IReadOnlyList<RunEntry> entries)
    {
        if (entries is not [{ Event: RunEvent.RunPlanned { Header: not null } planned }, ..])
        {
            return 0;
        }

        RunReader? first = null;
        try
        {
            var (table, tasks) = Load(directory, planned.Header, planned.TasksSha256);
            first = new RunReader(directory, new InMemoryJournal(), new(table), tasks, ownsJournal: true);
        }
        catch (Exception e) when (e is JournalException or TaskFileException)
        {
            return 0; // The header beside the journal is asked then.
        }

        using var reader = first;
        for (var i = 0; i < entries.Count; i++)
        {
            try
            {
                reader.Take(entries[i]);
            }
            catch (JournalException)
            {
                return i;
            }
        }

        return entries.Count;
    }

    /// <summary>The steps of a tasks file.</summary>
    internal static (StepTable Table, TaskFile Tasks) Load(RunDirectory directory, RunHeader header, string? sha256)
    {
        TaskFile? tasks = null;
        try
        {
            var steps = new StepTableBuilder(header);
            tasks = TaskFile.Open(Path.Combine(directory.Path, header.TasksFile), sha256, steps.Add);
            return (steps.Build(), tasks);
        }
        catch (Exception e) when (IsNonsense(e))
        {
            tasks?.Dispose();
            throw JournalException.Damaged(directory.Journal, "its account of the plan makes no sense", e);
        }
    }

    /// <summary>The return lines that an amended plan's parent reads and that the state does not hold any more.</summary>
    internal static IReadOnlyDictionary<string, string> SummariesFor(IJournal journal, RunState run, StepTable amended)
    {
        var wanted = run.SummariesWanted(amended);
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in wanted.Count > 0 ? journal.ReadAfter(0) : [])
        {
            if (entry.Version > run.Version)
            {
                break;
            }

            if (entry.Event is RunEvent.AttemptVerified e && wanted.TryGetValue(e.Step, out var attempt) && attempt == e.Attempt)
            {
                lines[e.Step] = e.Summary;
            }
        }

        return lines;
    }

    /// <summary>What happened at one step, in order. Reads the whole journal.</summary>
    /// <param name="key">The step's key.</param>
    public IReadOnlyList<RunEntry> HistoryOf(string key) => [.. journal.ReadAfter(0).Where(entry => StepOf(entry.Event) == key)];

    private static string? StepOf(RunEvent e) => e switch
    {
        RunEvent.AttemptStarted x => x.Step,
        RunEvent.AttemptVerified x => x.Step,
        RunEvent.AttemptFailed x => x.Step,
        RunEvent.AttemptLost x => x.Step,
        RunEvent.AttemptDiscarded x => x.Step,
        RunEvent.AttemptUndecided x => x.Step,
        RunEvent.StepSkipped x => x.Step,
        RunEvent.StepReset x => x.Step,
        RunEvent.StepReused x => x.Step,
        _ => null,
    };

    private static bool MoveNext(RunDirectory directory, IEnumerator<RunEntry> entries)
    {
        try
        {
            return entries.MoveNext();
        }
        catch (Exception e) when (IsNonsense(e))
        {
            throw JournalException.Damaged(directory.Journal, "an entry has a value of the wrong kind", e);
        }
    }

    /// <summary>Takes an entry in; bytes that changed on disk can be well-formed and still make no sense after what stands before them.</summary>
    private void Take(RunEntry entry)
    {
        try
        {
            Fold(entry);
        }
        catch (Exception e) when (IsNonsense(e))
        {
            throw JournalException.Damaged(directory.Journal, $"entry {entry.Version} does not fit what stands before it", e);
        }
    }

    /// <summary>What the fold of a journal throws whose bytes were changed: a value of the wrong kind, a name that is not there.</summary>
    private static bool IsNonsense(Exception e) => e is FormatException or InvalidOperationException or InvalidCastException or ArgumentException
        or IndexOutOfRangeException or KeyNotFoundException or NullReferenceException or OverflowException;

    private void Fold(RunEntry entry)
    {
        if (entry.Epoch < Run.Epoch || entry.Epoch > entry.Version + MostClaimsWithoutEntry)
        {
            throw new InvalidOperationException($"Epoch {entry.Epoch} cannot stand at entry {entry.Version}.");
        }

        if (entry.Event is RunEvent.PlanAmended amended)
        {
            var (table, tasks) = Load(directory, amended.Header, amended.TasksSha256);
            Tasks.Dispose();
            Tasks = tasks;
            Run.Evolve(entry, table, SummariesFor(journal, Run, table));
        }
        else
        {
            Run.Evolve(entry);
        }
    }
}
