using System.Globalization;
using System.Runtime.InteropServices;

namespace Muster.EndToEnd;

/// <summary>Faults 35, 36, 38 to 45 on the real program: killed at every journal write, every resume ends in the same result.</summary>
public sealed partial class CrashTests : IDisposable
{
    private const int Tasks = 12;
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_any_journal_write_a_resume_ends_in_the_same_result_and_repeats_nothing(string side)
    {
        WritePlan("[sh, -c, 'echo {item} >> \"$MUSTER_ROOT/ledger-$(basename $MUSTER_RUN)\"; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']");
        var crashes = 0;
        for (var write = 2; ; write++)
        {
            muster.Variables["MUSTER_FAIL_POINT"] = string.Create(CultureInfo.InvariantCulture, $"{side}:{write}");
            var first = await muster.RunAsync("run", "plan.yaml");
            muster.Variables.Remove("MUSTER_FAIL_POINT");
            if (first.ExitCode == 0)
            {
                break; // The run has fewer writes than that.
            }

            Assert.Equal(137, first.ExitCode);
            crashes++;
            var json = await muster.JsonAsync("resume");
            Assert.Equal("complete", json.GetProperty("status").GetString());
            Assert.Equal(Tasks, json.GetProperty("census").GetProperty("verified").GetInt32());
            var run = json.GetProperty("run").GetString()!;
            var ledger = await File.ReadAllLinesAsync(Path.Combine(muster.Home, "ledger-" + run), TestContext.Current.CancellationToken);
            Assert.Equal(Tasks, ledger.Distinct().Count());
            Assert.Equal(Tasks, ledger.Length); // Each command ran once: what was running was adopted.
        }

        Assert.InRange(crashes, 4, 200);
    }

    [Fact]
    public async Task Killed_again_and_again_during_its_recovery_it_still_ends()
    {
        WritePlan("[sh, -c, 'sleep 0.2; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']");
        muster.Variables["MUSTER_FAIL_POINT"] = "after:2";
        Assert.Equal(137, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(137, (await muster.RunAsync("resume")).ExitCode);
        }

        muster.Variables.Clear();
        Assert.Equal("complete", (await muster.JsonAsync("resume")).GetProperty("status").GetString());
    }

    /// <summary>Fault 46.</summary>
    [Fact]
    public async Task A_second_engine_is_refused_by_name_and_cancel_reaches_the_first()
    {
        WritePlan("[sleep, '60']");
        using var first = muster.Start(MusterProcess.Program, "run", "plan.yaml");
        await WaitForAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "attempt.json", SearchOption.AllDirectories).Length > 0);

        var second = await muster.RunAsync("resume");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"driven by another engine (process {first.Id}", second.Errors, StringComparison.Ordinal);

        Assert.Equal(0, (await muster.RunAsync("cancel")).ExitCode);
        Assert.Equal(130, (await MusterProcess.EndAsync(first)).ExitCode);
        Assert.Equal("cancelled", (await muster.JsonAsync("status")).GetProperty("status").GetString());
    }

    /// <summary>Fault 49: the first Ctrl-C lets what runs end, and starts nothing more.</summary>
    [Fact]
    public async Task One_interrupt_drains_and_a_resume_goes_on()
    {
        WritePlan("[sh, -c, 'sleep 1; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']");
        using var first = muster.Start(MusterProcess.Program, "run", "plan.yaml");
        await WaitForAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "attempt.json", SearchOption.AllDirectories).Length == 8);

        Assert.Equal(0, Kill(first.Id, 2));
        Assert.Equal(130, (await MusterProcess.EndAsync(first)).ExitCode);

        var status = await muster.JsonAsync("status");
        Assert.Equal((8, 0), (status.GetProperty("census").GetProperty("verified").GetInt32(), status.GetProperty("running").GetInt32()));
        Assert.Equal(Tasks, (await muster.JsonAsync("resume")).GetProperty("census").GetProperty("verified").GetInt32());
    }

    /// <summary>Faults 33 and 84: a published file that was changed is never silently used; an edited plan runs what changed.</summary>
    [Fact]
    public async Task A_tampered_file_is_done_again_and_an_edited_plan_runs_only_what_changed()
    {
        WritePlan("[sh, -c, 'echo {item} >> \"$MUSTER_ROOT/ledger\"; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']");
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        var file = Path.Combine(muster.OnlyRun, "workers", "item-5feceb66.md"); // The first item, 0, by the first digits of its hash.
        await File.AppendAllTextAsync(file, "\n- [critical] .: forged\n\n<!-- DONE -->\n", TestContext.Current.CancellationToken);

        var report = await muster.RunAsync("retry", "--task", "synthesis/d/1");

        Assert.Equal(0, report.ExitCode);
        Assert.Equal(Tasks + 1, File.ReadAllLines(Path.Combine(muster.Home, "ledger")).Length);
        Assert.DoesNotContain("forged", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        muster.Write("items.txt", string.Join('\n', Enumerable.Range(0, Tasks + 2)));
        var amended = await muster.RunAsync("resume", "--amend", "plan.yaml");
        Assert.Contains("amended: 2 tasks are new, 0 changed, 12 are as before, 0 are gone.", amended.Errors, StringComparison.Ordinal);
        Assert.Equal(Tasks + 1 + 2, File.ReadAllLines(Path.Combine(muster.Home, "ledger")).Length);
    }

    /// <summary>Faults 53 and 54: a journal that cannot be used is refused, and repaired from what is left, without running anything again.</summary>
    [Fact]
    public async Task A_destroyed_journal_is_refused_and_repaired_from_the_files()
    {
        WritePlan("[sh, -c, 'echo {item} >> \"$MUSTER_ROOT/ledger\"; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']");
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(muster.OnlyRun, "run.db"), "rubbish", TestContext.Current.CancellationToken);

        var refused = await muster.RunAsync("resume");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("muster repair", refused.Errors, StringComparison.Ordinal);

        Assert.Equal(Tasks, (await muster.JsonAsync("repair")).GetProperty("resultsFromFiles").GetInt32());
        Assert.Equal(Tasks, (await muster.JsonAsync("resume")).GetProperty("census").GetProperty("verified").GetInt32());
        Assert.Equal(Tasks, File.ReadAllLines(Path.Combine(muster.Home, "ledger")).Length);
    }

    private void WritePlan(string command)
    {
        muster.Write("items.txt", string.Join('\n', Enumerable.Range(0, Tasks)));
        muster.Write("plan.yaml", $$"""
            goal: Crash
            agent: command
            domains:
              - id: d
                tasks:
                  - foreach: { lines: items.txt }
                    id: item
                    task: Do {item}
                    model: sonnet
                    command: {{command}}
            """);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 600, "what the test waits for did not come");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
