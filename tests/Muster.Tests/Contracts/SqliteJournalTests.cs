using System.Diagnostics;
using Muster.Journal;

namespace Muster.Tests.Contracts;

public sealed class SqliteJournalTests : JournalContract
{
    private readonly TempDirectory home = new();

    private const string Locker =
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read(); c.execute('ROLLBACK')";

    private string PathOf => Path.Combine(home.Path, "run.db");

    /// <summary>Fault 46: two engines on one run.</summary>
    [Fact]
    public void A_second_connection_that_claims_the_epoch_fences_the_first()
    {
        using var first = SqliteJournal.Create(PathOf);
        var old = first.ClaimEpoch();
        using var second = SqliteJournal.Open(PathOf);
        second.ClaimEpoch();

        Assert.Equal(AppendOutcome.Refused, first.Append(0, old, [Entry(1, old)]));
    }

    /// <summary>Fault 50: another program (a backup, a viewer) holds the file's lock while the engine appends.</summary>
    [Fact]
    public async Task A_lock_of_another_program_delays_an_append_and_then_is_told_as_busy_with_nothing_written()
    {
        using var journal = SqliteJournal.Create(PathOf, busyTimeoutSeconds: 1);
        var epoch = journal.ClaimEpoch();
        using (var other = Process.Start(new ProcessStartInfo("python3", ["-c", Locker, PathOf]) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false })!)
        {
            Assert.Equal("locked", await other.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

            Assert.Equal(AppendOutcome.Busy, journal.Append(0, epoch, [Entry(1, epoch)]));

            using var viewer = SqliteJournal.OpenReader(PathOf); // Readers are not locked out.
            Assert.Empty(viewer.ReadAfter(0));
            other.StandardInput.Close();
            await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(AppendOutcome.Appended, journal.Append(0, epoch, [Entry(1, epoch)]));
        Assert.Single(journal.ReadAfter(0));
    }

    /// <summary>Fault 58: a reader that wants the first entries pays for them, not for the journal.</summary>
    [Fact]
    public void Reading_streams()
    {
        using var journal = SqliteJournal.Create(PathOf);
        var epoch = journal.ClaimEpoch();
        journal.Append(0, epoch, [.. Enumerable.Range(1, 20_000).Select(i => Entry(i, epoch))]);
        _ = journal.ReadAfter(0).First();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(10, journal.ReadAfter(0).Take(10).Count());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    /// <summary>Fault 53: a lost -wal file takes the journal back in time.</summary>
    [Fact]
    public void A_journal_that_lost_its_end_is_refused()
    {
        using (var journal = SqliteJournal.Create(PathOf))
        {
            var epoch = journal.ClaimEpoch();
            journal.Append(0, epoch, [Entry(1, epoch)]);
            File.Copy(PathOf, PathOf + ".early");
            File.Copy(PathOf + "-wal", PathOf + ".early-wal");
            journal.Append(1, epoch, [Entry(2, epoch)]);
        }

        File.Move(PathOf + ".early", PathOf, overwrite: true);
        File.Move(PathOf + ".early-wal", PathOf + "-wal", overwrite: true);

        var error = Assert.Throws<JournalException>(() => SqliteJournal.Open(PathOf));
        Assert.Contains("ends at entry 1, but entry 2 had been written", error.Message, StringComparison.Ordinal);
        Assert.Contains("muster repair", error.NextStep, StringComparison.Ordinal);
    }

    /// <summary>Fault 54: damaged pages, wherever the damage is, are refused with a sentence and never believed.</summary>
    [Fact]
    public void Damaged_bytes_are_noticed_or_do_no_harm()
    {
        using (var journal = SqliteJournal.Create(PathOf))
        {
            var epoch = journal.ClaimEpoch();
            for (var version = 1; version <= 200; version++)
            {
                journal.Append(version - 1, epoch, [Entry(version, epoch)]);
            }
        }

        File.Delete(Path.Combine(home.Path, "journal.head"));
        var sound = File.ReadAllBytes(PathOf);
        var chance = new Random(4);
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])sound.Clone();
            chance.NextBytes(damaged.AsSpan(chance.Next(damaged.Length - 64), 64));
            File.WriteAllBytes(PathOf, damaged);
            try
            {
                using var journal = SqliteJournal.OpenReader(PathOf);
                _ = journal.ReadAfter(0).Count();
            }
            catch (JournalException e)
            {
                Assert.NotEmpty(e.NextStep);
            }
        }
    }

    /// <summary>Fault 55.</summary>
    [Fact]
    public void An_entry_of_a_newer_version_is_refused_and_never_skipped()
    {
        using var journal = SqliteJournal.Create(PathOf);
        var epoch = journal.ClaimEpoch();
        journal.Append(0, epoch, [Entry(1, epoch)]);
        using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={PathOf};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "UPDATE events SET shape = 99";
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<JournalException>(() => journal.ReadAfter(0).ToList());
        Assert.Contains("does not know", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_journal_is_told_as_such()
    {
        File.WriteAllText(PathOf, "not a database, but long enough to look like one to a careless reader of its first bytes");

        Assert.Throws<JournalException>(() => SqliteJournal.Open(PathOf));
    }

    /// <summary>Fault 59: copied while an engine writes.</summary>
    [Fact]
    public void A_backup_of_an_open_journal_has_all_that_was_appended()
    {
        using var journal = SqliteJournal.Create(PathOf);
        var epoch = journal.ClaimEpoch();
        journal.Append(0, epoch, [Entry(1, epoch), Entry(2, epoch)]);

        journal.BackUpTo(Path.Combine(home.Path, "copy.db"));

        using var copy = SqliteJournal.OpenReader(Path.Combine(home.Path, "copy.db"));
        Assert.Equal(journal.ReadAfter(0), copy.ReadAfter(0));
    }

    protected override IJournal Create() => SqliteJournal.Create(PathOf);

    protected override void Clean() => home.Dispose();
}
