using Microsoft.Data.Sqlite;

namespace Muster.EndToEnd;

/// <summary>Run directories that cannot be used as they are: each a clear error, and nothing is lost.</summary>
public sealed class RunDirectoryTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    /// <summary>Fault 55: what a newer version wrote is neither read wrongly nor cut down by a repair.</summary>
    [Theory]
    [InlineData("PRAGMA user_version = 9")]
    [InlineData("UPDATE events SET shape = 99 WHERE version = 3")]
    [InlineData("INSERT INTO events SELECT max(version) + 1, 1, 0, 'from-the-future', 1, '{}' FROM events")]
    public async Task A_journal_of_a_newer_version_is_refused_by_all_and_kept_by_repair(string change)
    {
        await RunAsync();
        Change(change);
        var before = await File.ReadAllBytesAsync(Path.Combine(muster.OnlyRun, "run.db"), TestContext.Current.CancellationToken);

        foreach (var command in new[] { "status", "show", "resume", "retry", "repair" })
        {
            var result = await muster.RunAsync(command);
            Assert.True(result.ExitCode == 1 && result.Errors.Contains("Use the version of Muster that wrote it, or a newer one.", StringComparison.Ordinal), $"{command}: {result.Errors}");
        }

        Assert.Contains("unreadable: The journal", (await muster.RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(muster.OnlyRun, "run.db"), TestContext.Current.CancellationToken));
    }

    /// <summary>Fault 54: entries that are well-formed for SQLite and make no sense are damage, not a bug; what was finished is not run again.</summary>
    [Theory]
    [InlineData("UPDATE events SET body = '{}' WHERE version = 3")]
    [InlineData("UPDATE events SET body = replace(body, 'worker/a', 'worker/x')")]
    [InlineData("UPDATE events SET body = 'not json' WHERE version = 4")]
    [InlineData("UPDATE events SET at = -1 WHERE version = 3")]
    [InlineData("UPDATE events SET epoch = 900000000000 WHERE version = 5")]
    [InlineData("UPDATE events SET body = '{}' WHERE version = 1")]
    [InlineData("DELETE FROM events WHERE version = 3")]
    [InlineData("DELETE FROM events WHERE version > 3")]
    [InlineData("DELETE FROM events")]
    public async Task Entries_that_make_no_sense_are_damage_and_a_repair_keeps_what_is_finished(string change)
    {
        await RunAsync();
        Change(change);

        var resume = await muster.RunAsync("resume");
        Assert.True(resume.ExitCode == 1 && resume.Errors.Contains("The journal", StringComparison.Ordinal), resume.Output + resume.Errors);
        Assert.Equal(0, (await muster.RunAsync("list")).ExitCode);

        var repair = await muster.RunAsync("repair");
        Assert.True(repair.ExitCode == 0, repair.Output + repair.Errors);
        var resumed = await muster.RunAsync("resume");
        Assert.True(resumed.ExitCode == 0 && resumed.Output.Contains("3 planned, 3 launched, 3 verified", StringComparison.Ordinal), resumed.Output + resumed.Errors);
        Assert.All(Directory.GetDirectories(Path.Combine(muster.OnlyRun, "attempts")).Where(d => !d.EndsWith("_synthesis", StringComparison.Ordinal)),
            task => Assert.Equal(["1"], Directory.GetDirectories(task).Select(Path.GetFileName)));
    }

    /// <summary>Fault 54, by chance: whatever byte changes, the answer is the run, or an error in sentences.</summary>
    [Fact]
    public async Task No_changed_byte_is_a_bug_of_ours()
    {
        await RunAsync();
        var path = Path.Combine(muster.OnlyRun, "run.db");
        var good = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var chance = new Random(20261125);
        for (var i = 0; i < 24; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var n = 0; n < 1 + (i % 3 * 8); n++)
            {
                bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
            }

            await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
            var result = await muster.RunAsync(i % 2 == 0 ? "status" : "show");

            Assert.True(result.ExitCode is 0 or 1 or 5, $"{i}: {result.ExitCode} {result.Errors}");
        }
    }

    [Fact]
    public async Task A_tasks_file_that_was_changed_is_told_and_clean_says_how_to_remove_the_run()
    {
        await RunAsync();
        File.AppendAllText(Directory.GetFiles(muster.OnlyRun, "tasks-*").Single(), "{}\n");

        var status = await muster.RunAsync("status");
        Assert.True(status.ExitCode == 1 && status.Errors.Contains("is not what the run was planned with", StringComparison.Ordinal), status.Errors);
        Assert.Contains("'muster clean RUN --force'", (await muster.RunAsync("clean", Path.GetFileName(muster.OnlyRun))).Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await muster.RunAsync("clean", Path.GetFileName(muster.OnlyRun), "--force")).ExitCode);
        Assert.Empty(Directory.GetDirectories(muster.Runs));
    }

    /// <summary>Fault 34. As root nothing is refused, so the command runs as nobody.</summary>
    [Fact]
    public async Task A_run_directory_that_may_not_be_written_is_told_as_such()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("needs root, to become nobody");
        }

        await RunAsync();
        await muster.RunToolAsync("chmod", "-R", "a+rX", muster.Home);
        foreach (var command in new[] { "resume", "retry", "cancel", "repair" })
        {
            var result = await muster.RunToolAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp", MusterProcess.Program, command);
            Assert.True(result.ExitCode == 1 && result.Errors.Contains("cannot be written to", StringComparison.Ordinal), $"{command}: {result.Errors}");
        }
    }

    /// <summary>Fault 51: on a disk that fills up the run waits, says so once, and goes on by itself when there is space.</summary>
    [Fact]
    public async Task A_run_on_a_full_disk_waits_and_loses_nothing()
    {
        var disk = Directory.CreateDirectory(Path.Combine(muster.Home, "disk")).FullName;
        if ((await muster.RunToolAsync("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk)).ExitCode != 0)
        {
            Assert.Skip("needs the right to mount a small file system");
        }

        try
        {
            WritePlan(60);
            muster.Write("slow.yaml", "\"*\": { delay: 200ms }\n");
            using var run = muster.Start(MusterProcess.Program, "run", "plan.yaml", "--script", "slow.yaml", "--runs", disk);
            Assert.StartsWith("run ", await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            await muster.RunToolAsync("dd", "if=/dev/zero", $"of={disk}/filler", "bs=1k");

            Assert.Contains("The disk is full", await LineAsync(run.StandardError, "full"), StringComparison.Ordinal);
            File.Delete(Path.Combine(disk, "filler"));
            var ended = await MusterProcess.EndAsync(run);

            Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
            Assert.Contains("60 planned, 60 launched, 60 verified, 0 failed", ended.Output, StringComparison.Ordinal);
            Assert.True(ended.Errors.Split("The disk is full").Length <= 3, ended.Errors);
        }
        finally
        {
            await muster.RunToolAsync("umount", "-l", disk);
        }
    }

    /// <summary>Fault 51, before and after: a full disk leaves no half run, no half copy and no half report.</summary>
    [Fact]
    public async Task A_disk_that_is_full_from_the_start_leaves_nothing_half_made()
    {
        await RunAsync();
        var disk = Directory.CreateDirectory(Path.Combine(muster.Home, "disk")).FullName;
        if ((await muster.RunToolAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk)).ExitCode != 0)
        {
            Assert.Skip("needs the right to mount a small file system");
        }

        try
        {
            await muster.RunToolAsync("dd", "if=/dev/zero", $"of={disk}/filler", "bs=1k");

            var run = await muster.RunAsync("run", "plan.yaml", "--runs", Path.Combine(disk, "runs"));
            Assert.True(run.ExitCode == 1 && run.Errors.Contains("The run directory", StringComparison.Ordinal), run.Errors);
            Assert.Empty(Directory.GetDirectories(Path.Combine(disk, "runs")));

            var backup = await muster.RunAsync("backup", Path.Combine(disk, "copy"));
            Assert.True(backup.ExitCode == 1 && backup.Errors.Contains("Nothing of it was kept", StringComparison.Ordinal), backup.Errors);
            Assert.False(Directory.Exists(Path.Combine(disk, "copy")));

            var audit = await muster.RunAsync("run", "plan.yaml", "--sarif", Path.Combine(disk, "out.sarif"));
            Assert.True(audit.ExitCode == 1 && audit.Errors.Contains("copy the report from", StringComparison.Ordinal), audit.Errors);
            Assert.Contains("Complete: 3 planned", audit.Output, StringComparison.Ordinal);
            Assert.Equal(["filler"], Directory.GetFiles(disk).Select(Path.GetFileName));
        }
        finally
        {
            await muster.RunToolAsync("umount", "-l", disk);
        }
    }

    private async Task RunAsync()
    {
        WritePlan(3);
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
    }

    private void WritePlan(int tasks) => muster.Write(
        "plan.yaml",
        "goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n"
        + string.Concat(Enumerable.Range(0, tasks).Select(i => $"      - {{ id: {(i == 0 ? "a" : $"t-{i}")}, task: Do, model: sonnet }}\n")));

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(muster.OnlyRun, "run.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constant statements of these tests
        command.CommandText = sql + "; PRAGMA wal_checkpoint(TRUNCATE)";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static async Task<string> LineAsync(StreamReader reader, string word)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(word, StringComparison.Ordinal))
            {
                return line;
            }
        }

        return string.Empty;
    }
}
