using System.Globalization;
using Microsoft.Data.Sqlite;
using Muster.Runs;

namespace Muster.Journal;

/// <summary>The journal of a run on disk: <c>run.db</c>, SQLite in WAL mode with synchronous=FULL.</summary>
/// <remarks>
/// One append is one transaction, so its events are durable together or not there at all. <c>journal.head</c> beside it holds the
/// last version, so that a lost -wal file is noticed instead of silently taking the run back in time.
/// </remarks>
public sealed class SqliteJournal : IJournal
{
    private const int BusyTimeoutSeconds = 10;
    private const int Schema = 1;

    /// <summary>Pages of the -wal file before it is copied back; each time costs two flushes more.</summary>
    private const string Checkpoints = "PRAGMA wal_autocheckpoint = 4000";
    private const int Busy = 5, Locked = 6, Full = 13, ReadOnly = 8, CannotOpen = 14, InputOutput = 10, Corrupt = 11, NotADatabase = 26;

    private readonly string path;
    private readonly SqliteConnection connection;
    private readonly SqliteCommand insert;
    private readonly SqliteCommand standing;
    private readonly JournalHead? head;

    private SqliteJournal(string path, SqliteConnection connection, bool isReader)
    {
        (this.path, this.connection) = (path, connection);
        insert = connection.CreateCommand();
        insert.CommandText =
            "INSERT INTO events (version, epoch, at, kind, shape, body) VALUES ($version, $epoch, $at, $kind, $shape, $body)";
        foreach (var name in (ReadOnlySpan<string>)["$version", "$epoch", "$at", "$kind", "$shape", "$body"])
        {
            insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        standing = connection.CreateCommand();
        standing.CommandText = "SELECT epoch, (SELECT coalesce(max(version), 0) FROM events) FROM host";
        (Version, Epoch) = (Number("SELECT coalesce(max(version), 0) FROM events"), Number("SELECT epoch FROM host"));
        head = isReader ? null : new JournalHead(path);
    }

    /// <inheritdoc/>
    public long Version { get; private set; }

    /// <inheritdoc/>
    public long Epoch { get; private set; }

    /// <summary>Makes a new journal.</summary>
    /// <param name="path">A file that does not exist yet.</param>
    /// <exception cref="JournalException">It cannot be made there.</exception>
    public static SqliteJournal Create(string path) => Create(path, BusyTimeoutSeconds);

    /// <summary>The same, with a patience of one's own for whoever else holds the file.</summary>
    internal static SqliteJournal Create(string path, int busyTimeoutSeconds)
    {
        if (File.Exists(path))
        {
            throw JournalException.Damaged(path, "it exists although the run is new");
        }

        return Guarded(path, () =>
        {
            var opened = Connect(path, SqliteOpenMode.ReadWriteCreate, busyTimeoutSeconds);
            Execute(opened, "PRAGMA journal_mode = WAL");
            Execute(opened, "PRAGMA synchronous = FULL");
            Execute(opened, Checkpoints);
            Execute(
                opened,
                $"""
                BEGIN;
                CREATE TABLE events (
                    version INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL,
                    kind TEXT NOT NULL, shape INTEGER NOT NULL, body BLOB NOT NULL);
                CREATE TABLE host (epoch INTEGER NOT NULL);
                INSERT INTO host VALUES (0);
                PRAGMA application_id = 0x4d757374;
                PRAGMA user_version = {Schema};
                COMMIT;
                """);
            return new SqliteJournal(path, opened, isReader: false);
        });
    }

    /// <summary>Opens a journal to drive its run.</summary>
    /// <exception cref="JournalException">It is missing, damaged, behind what was written, or of a newer version.</exception>
    public static SqliteJournal Open(string path) => Guarded(path, () =>
    {
        var opened = Connect(path, SqliteOpenMode.ReadWrite);
        Check(path, opened);
        Execute(opened, "PRAGMA synchronous = FULL");
        Execute(opened, Checkpoints);
        var journal = new SqliteJournal(path, opened, isReader: false);
        if (journal.head!.Read() is { } marker && marker > journal.Version)
        {
            var version = journal.Version;
            journal.Dispose();
            throw JournalException.Behind(path, version, marker);
        }

        return journal;
    });

    /// <summary>Opens a journal to look at it, also while an engine writes.</summary>
    /// <exception cref="JournalException">It is missing, damaged or of a newer version.</exception>
    public static SqliteJournal OpenReader(string path) => Guarded(path, () =>
    {
        var opened = Connect(path, SqliteOpenMode.ReadWrite);
        Check(path, opened);
        return new SqliteJournal(path, opened, isReader: true);
    });

    /// <summary>Opens a journal that did not pass its checks, to read what can be read.</summary>
    internal static SqliteJournal OpenDamaged(string path) => Guarded(path, () => new SqliteJournal(path, Connect(path, SqliteOpenMode.ReadWrite), isReader: true));

    /// <inheritdoc/>
    public long ClaimEpoch() => Guarded(path, () =>
    {
        Epoch = Number("UPDATE host SET epoch = epoch + 1 RETURNING epoch");
        return Epoch;
    });

    /// <inheritdoc/>
    public AppendOutcome Append(long expectedVersion, long epoch, IReadOnlyList<RunEntry> entries)
    {
        if (expectedVersion != Version)
        {
            return AppendOutcome.Refused;
        }

        FailPoint.Before();
        try
        {
            using var transaction = connection.BeginTransaction(deferred: false);
            if (Standing(transaction) != (epoch, expectedVersion))
            {
                return AppendOutcome.Refused;
            }

            insert.Transaction = transaction;
            foreach (var entry in entries)
            {
                var values = insert.Parameters;
                (values[0].Value, values[1].Value, values[2].Value) = (entry.Version, entry.Epoch, entry.At.UtcTicks);
                (values[3].Value, values[4].Value) = (EventCodec.NameOf(entry.Event), EventCodec.CurrentVersion);
                values[5].Value = EventCodec.Write(entry.Event);
                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Busy or Locked)
        {
            return AppendOutcome.Busy;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Full or ReadOnly or CannotOpen)
        {
            return AppendOutcome.NoSpace;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is InputOutput)
        {
            return AppendOutcome.Unknown;
        }

        Version = entries[^1].Version;
        head!.Write(Version);
        FailPoint.After();
        return AppendOutcome.Appended;
    }

    /// <inheritdoc/>
    public IEnumerable<RunEntry> ReadAfter(long version)
    {
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT version, epoch, at, kind, shape, body FROM events WHERE version > $version ORDER BY version";
        select.Parameters.AddWithValue("$version", version);
        using var reader = Guarded(path, select.ExecuteReader);
        var expected = version + 1;
        while (Guarded(path, reader.Read))
        {
            var position = reader.GetInt64(0);
            if (position != expected++)
            {
                throw JournalException.Damaged(path, $"entry {expected - 1} is missing");
            }

            yield return new(
                position,
                reader.GetInt64(1),
                new(reader.GetInt64(2), TimeSpan.Zero),
                EventCodec.Read(path, position, reader.GetString(3), reader.GetInt32(4), reader.GetFieldValue<byte[]>(5)));
        }
    }

    /// <summary>Copies the journal as it is now into a new file, also while an engine writes.</summary>
    public void BackUpTo(string target) => Guarded(path, () =>
    {
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString());
        copy.Open();
        connection.BackupDatabase(copy);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        insert.Dispose();
        standing.Dispose();
        connection.Dispose();
        head?.Dispose();
    }

    private (long Epoch, long Version) Standing(SqliteTransaction transaction)
    {
        standing.Transaction = transaction;
        using var reader = standing.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : default;
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode, int busyTimeoutSeconds = BusyTimeoutSeconds)
    {
        if (mode is not SqliteOpenMode.ReadWriteCreate && !File.Exists(path))
        {
            throw JournalException.NotAJournal(path);
        }

        var opened = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = busyTimeoutSeconds,
        }.ToString());
        opened.Open();
        return opened;
    }

    private static void Check(string path, SqliteConnection opened)
    {
        if (Scalar(opened, "PRAGMA application_id") != 0x4d757374)
        {
            throw JournalException.NotAJournal(path);
        }

        if (Scalar(opened, "PRAGMA user_version") is var schema && schema > Schema)
        {
            throw JournalException.Newer(path, $"a journal of schema {schema}");
        }

        using var check = opened.CreateCommand();
        check.CommandText = "PRAGMA quick_check(1)";
        if (check.ExecuteScalar() is var result && result as string != "ok")
        {
            throw JournalException.Damaged(path, $"SQLite says '{result}'");
        }
    }

    private static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt)
        {
            throw JournalException.Damaged(path, e.Message, e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is NotADatabase)
        {
            throw JournalException.Damaged(path, "it is no SQLite database", e);
        }
        catch (SqliteException e)
        {
            throw JournalException.Unreachable(path, e.Message, e);
        }
    }

    private static void Execute(SqliteConnection on, string sql)
    {
        using var command = on.CreateCommand();
#pragma warning disable CA2100 // constant statements of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static long Scalar(SqliteConnection on, string sql)
    {
        using var command = on.CreateCommand();
#pragma warning disable CA2100 // constant statements of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private long Number(string sql) => Scalar(connection, sql);
}
