using System.Globalization;
using System.Security.Cryptography;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Journal;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster;

/// <summary>Rebuilds a damaged journal: the entries that can still be read, then what the published files show.</summary>
public static class RunRepair
{
    /// <summary>Puts a rebuilt journal in the damaged one's place, which is kept beside it.</summary>
    /// <param name="directory">The run; no engine may drive it.</param>
    /// <param name="time">Time.</param>
    /// <returns>Entries kept, results taken from files, and where the damaged journal lies now.</returns>
    /// <exception cref="MusterException">Too little is left, or an engine drives the run.</exception>
    public static (long Kept, int FromFiles, string Old) Repair(RunDirectory directory, TimeProvider time)
    {
        using var hostLock = HostLock.Take(directory.Path, directory.RunId);
        RequireOurs(directory);
        var entries = Readable(directory.Journal);
        KeepWhatFits(directory, entries);
        var header = (entries.FirstOrDefault()?.Event as RunEvent.RunPlanned)?.Header ?? RunHeaderFile.Read(directory.Path)
            ?? throw JournalException.Hopeless(directory.Journal);
        var old = MoveAway(directory.Journal, time);
        using var journal = SqliteJournal.Create(directory.Journal);
        if (entries.Count == 0)
        {
            var (_, tasks) = RunReader.Load(directory, header, null);
            using (tasks)
            {
                entries.Add(new(1, 1, time.GetUtcNow(), new RunEvent.RunPlanned(header, tasks.Count, tasks.Sha256)));
            }
        }

        while (journal.Epoch < entries[^1].Epoch)
        {
            journal.ClaimEpoch();
        }

        Append(journal, 0, entries);
        using var reader = RunReader.Open(directory, journal, ownsJournal: false);
        var found = FromFiles(directory, reader.Run, journal, time);
        return (entries.Count, found, old);
    }

    /// <summary>What a newer version wrote is whole: to rebuild it here would drop what this version does not know.</summary>
    private static void RequireOurs(RunDirectory directory)
    {
        try
        {
            using var reader = RunReader.Open(directory);
        }
        catch (JournalException e) when (!e.IsNewer)
        {
            // Damaged: that is what a repair is for.
        }
    }

    private static List<RunEntry> Readable(string path)
    {
        var entries = new List<RunEntry>();
        try
        {
            using var damaged = SqliteJournal.OpenDamaged(path);
            foreach (var entry in damaged.ReadAfter(0))
            {
                entries.Add(entry);
            }
        }
        catch (Exception e) when (e is JournalException or InvalidCastException or ArgumentException)
        {
            // What could be read up to here is what there is.
        }

        return entries;
    }

    /// <summary>Drops the entries from the first on that makes no sense after those before it.</summary>
    private static void KeepWhatFits(RunDirectory directory, List<RunEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var fitting = RunReader.CountFitting(directory, entries);
        entries.RemoveRange(fitting, entries.Count - fitting);
    }

    private static string MoveAway(string path, TimeProvider time)
    {
        var old = path + ".damaged-" + time.GetUtcNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(path + suffix))
            {
                File.Move(path + suffix, old + suffix);
            }
        }

        File.Delete(Path.Combine(Path.GetDirectoryName(path)!, "journal.head"));
        return old;
    }

    /// <summary>A published file was verified once, and is verified again; its attempt is the latest whose directory is there.</summary>
    private static int FromFiles(RunDirectory directory, RunState run, SqliteJournal journal, TimeProvider time)
    {
        var (found, epoch) = (0, journal.ClaimEpoch());
        var now = time.GetUtcNow() > run.LastAt ? time.GetUtcNow() : run.LastAt;
        void Write(params ReadOnlySpan<RunEvent> events)
        {
            foreach (var e in events)
            {
                var entry = new RunEntry(run.Version + 1, epoch, now, e);
                Append(journal, run.Version, [entry]);
                run.Evolve(entry);
            }
        }

        // What came of a build's step is more than its file; it is done again.
        for (var step = 0; run.Header.Build is null && step < run.Table.WorkerCount; step++)
        {
            var row = run.Table[step];
            var path = directory.Published(row.Role, row.Id);
            if (run[step].Status is StepStatus.Verified or StepStatus.Running || !File.Exists(path)
                || Verifier.Judge(File.ReadAllBytes(path)) is not Verdict.Verified)
            {
                continue;
            }

            var attempt = Math.Max(run[step].Attempt + 1, LatestAttempt(directory.Attempts(row.Role, row.Id)));
            var bytes = File.ReadAllBytes(path);
            Write(
                new RunEvent.AttemptStarted(row.Key, attempt, run.Table.Agents[row.Agent], run.FingerprintOf(step).ToString(), 0, 0, 0),
                new RunEvent.AttemptVerified(
                    row.Key, attempt, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), TokenCount.About(bytes.Length),
                    "Done. (Found published when the journal was repaired.)", Usage.None, "its seal and its cost were lost; taken from the published file"));
            found++;
        }

        return found;
    }

    private static int LatestAttempt(string attempts) => Directory.Exists(attempts)
        ? Directory.EnumerateDirectories(attempts).Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var n) ? n : 0).DefaultIfEmpty(0).Max()
        : 0;

    private static void Append(SqliteJournal journal, long expected, IReadOnlyList<RunEntry> entries)
    {
        if (journal.Append(expected, journal.Epoch, entries) is not AppendOutcome.Appended)
        {
            throw EngineException.JournalUncertain("being repaired", "the rebuilt journal could not be written");
        }
    }
}
