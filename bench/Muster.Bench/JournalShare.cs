using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Bench;

/// <summary>Appending events as the loop does, in batches, against bare SQLite that commits rows of the same size in the same batches.</summary>
internal static class JournalShare
{
    public static Task<int> RunAsync(int events)
    {
        foreach (var batch in (ReadOnlySpan<int>)[1, 16, 256, 4_096])
        {
            using var home = new BenchDirectory();
            var count = Math.Min(events, batch * 2_000) / batch * batch;
            Directory.CreateDirectory(home.Of("ours"));
            var ours = Cost.Of(() => Append(home.Of("ours/run.db"), count, batch));
            var bare = Cost.Of(() => Insert(home.Of("bare.db"), count, batch));
            Console.WriteLine(
                $"batches of {batch,5:N0}: journal {ours.PerSecond(count),9:N0} events/s, bare SQLite {bare.PerSecond(count),9:N0} rows/s, ratio {bare.Wall / ours.Wall:0.00}");
        }

        return Task.FromResult(0);
    }

    private static RunEvent.AttemptStarted Event(long i) => new($"worker/t{i}", 1, "scripted", new('0', 64), 0, 0, 0);

    private static void Append(string path, int count, int batch)
    {
        using var journal = SqliteJournal.Create(path);
        var epoch = journal.ClaimEpoch();
        for (var at = 0; at < count; at += batch)
        {
            var from = at;
            var entries = Enumerable.Range(1, batch).Select(i => new RunEntry(from + i, epoch, DateTimeOffset.UnixEpoch, Event(from + i))).ToImmutableArray();
            if (journal.Append(at, epoch, entries) is not AppendOutcome.Appended)
            {
                throw new InvalidOperationException("An append was refused.");
            }
        }
    }

    private static void Insert(string path, int count, int batch)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE events (version INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, shape INTEGER NOT NULL, body BLOB NOT NULL);
            """;
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO events VALUES ($version, 1, 0, 'attempt-started', 1, $body)";
        var version = command.Parameters.Add("$version", SqliteType.Integer);
        command.Parameters.AddWithValue("$body", EventCodec.Write(Event(count)));
        for (var at = 0; at < count; at += batch)
        {
            using var transaction = connection.BeginTransaction();
            command.Transaction = transaction;
            for (var i = 1; i <= batch; i++)
            {
                version.Value = at + i;
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }
    }
}
