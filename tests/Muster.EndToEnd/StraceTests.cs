using System.Text.Json;

namespace Muster.EndToEnd;

/// <summary>Faults of the real system's calls, put in by strace: the disk fails or is full under the real program, or it is killed at a call.</summary>
public sealed class StraceTests : IDisposable
{
    private const int Tasks = 3;
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    /// <summary>Faults 51 and 52 of the journal, 22 and 34 of a published file: told, waited for, and then all is as if nothing had been.</summary>
    [Theory]
    [InlineData("run.db-wal", "pwrite64:error=ENOSPC:when=5..6", "The disk is full or read-only")]
    [InlineData("run.db-wal", "fsync,fdatasync:error=EIO:when=3", "The disk failed while the journal was written")]
    [InlineData("workers/item-5feceb66.md.new", "pwrite64,write:error=ENOSPC:when=1", null)]
    [InlineData("workers/item-5feceb66.md.new", "fsync,fdatasync:error=EIO:when=1", null)]
    [InlineData("workers/item-5feceb66.md.new", "rename,renameat,renameat2:error=EROFS:when=1", null)]
    public async Task A_disk_that_fails_for_a_while_costs_no_work_and_marks_nothing_failed(string file, string fault, string? notice)
    {
        await StartAsync();

        var result = await InjectAsync(file, fault, "resume", "--json");

        Assert.Contains("(INJECTED)", await File.ReadAllTextAsync(Trace, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains(notice ?? string.Empty, result.Errors, StringComparison.Ordinal);
        AssertEnd(JsonDocument.Parse(result.Output).RootElement);
    }

    /// <summary>Faults 36, 37, 39 to 42: killed at the call, then resumed.</summary>
    [Theory]
    [InlineData("attempts/item-5feceb66/1/prompt.md", "openat:signal=SIGKILL:when=1")]
    [InlineData("workers/item-5feceb66.md.new", "openat:signal=SIGKILL:when=1")]
    [InlineData("workers/item-5feceb66.md.new", "rename,renameat,renameat2:signal=SIGKILL:when=1")]
    [InlineData("run.db-wal", "pwrite64:signal=SIGKILL:when=6")]
    [InlineData("run.db-wal", "fsync,fdatasync:signal=SIGKILL:when=3")]
    [InlineData("summary.md.new", "rename,renameat,renameat2:signal=SIGKILL:when=1")]
    public async Task Killed_at_a_call_a_resume_ends_in_the_same_result_and_repeats_nothing(string file, string fault)
    {
        await StartAsync();

        var killed = await InjectAsync(file, fault, "resume");

        Assert.Contains("killed by SIGKILL", await File.ReadAllTextAsync(Trace, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotEqual(0, killed.ExitCode);
        AssertEnd(await muster.JsonAsync("resume"));
    }

    private string Trace => Path.Combine(muster.Home, "trace");

    /// <summary>A run whose tasks are planned and nothing more: its directory is known, and everything is still to come.</summary>
    private async Task StartAsync()
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(path => File.Exists(Path.Combine(path, "strace"))))
        {
            Assert.Skip("needs strace");
        }

        muster.Write("items.txt", string.Join('\n', Enumerable.Range(0, Tasks)));
        muster.Write("plan.yaml", """
            goal: Faults of the system
            agent: command
            domains:
              - id: d
                tasks:
                  - foreach: { lines: items.txt }
                    id: item
                    task: Do {item}
                    model: sonnet
                    command: [sh, -c, 'echo {item} >> "$MUSTER_ROOT/ledger"; printf "# t\n\n## Findings\n\n- none\n\n<!-- DONE -->\n" > "$MUSTER_OUTPUT"']
            """);
        muster.Variables["MUSTER_FAIL_POINT"] = "after:1";
        Assert.Equal(137, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        muster.Variables.Clear();
    }

    private async Task<MusterResult> InjectAsync(string file, string fault, params string[] command) => await muster.RunToolAsync(
        "strace",
        [
            "-f", "-qq", "-o", Trace, "-P", Path.Combine(muster.OnlyRun, file), "-e", "trace=" + fault.Split(':')[0], "-e", "inject=" + fault,
            MusterProcess.Program, .. command,
        ]);

    private void AssertEnd(JsonElement json)
    {
        Assert.Equal(("complete", Tasks, 0), (
            json.GetProperty("status").GetString(), json.GetProperty("census").GetProperty("verified").GetInt32(), json.GetProperty("census").GetProperty("failed").GetInt32()));
        Assert.Equal(Tasks, json.GetProperty("attempts").GetInt32());
        Assert.Equal(["0", "1", "2"], File.ReadAllLines(Path.Combine(muster.Home, "ledger")).Order());
    }
}
