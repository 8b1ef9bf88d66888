using System.Globalization;

namespace Muster.EndToEnd;

/// <summary>Faults 35, 36, 38 to 45 on the real program: killed at every journal write, every resume ends in the same result.</summary>
public sealed partial class CrashTests : IDisposable
{
    private const int Tasks = 12;
    private const string Ledger =
        "[sh, -c, 'echo {item} >> \"$MUSTER_ROOT/ledger-$(basename $MUSTER_RUN)\"; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']";

    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task Killed_at_any_journal_write_a_resume_ends_in_the_same_result_and_repeats_nothing(string side)
    {
        WritePlan(Ledger);
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

    /// <summary>Flat, and with an agent that dies with its engine, in waves, with tasks that fail: the same end as a run that nobody killed.</summary>
    [Theory]
    [InlineData("before", 3, "command", "rolling")]
    [InlineData("after", 3, "command", "rolling")]
    [InlineData("before", 10, "scripted", "waves")]
    [InlineData("after", 10, "scripted", "waves")]
    public async Task Killed_at_any_journal_write_every_kind_of_run_ends_as_it_would_have(string side, int tasks, string agent, string dispatch)
    {
        WritePlan(Ledger, tasks, agent);
        muster.Write("script.yaml", "item-6b86b273: [no-file, half-file]\nitem-d4735e3a: [no-file, {}]\n"); // The second and the third item.
        string[] run = agent == "scripted" ? ["run", "plan.yaml", "--script", "script.yaml", "--dispatch", dispatch] : ["run", "plan.yaml", "--dispatch", dispatch];
        var expected = End(await muster.JsonAsync(run));
        var crashes = 0;
        for (var write = 2; ; write++)
        {
            muster.Variables["MUSTER_FAIL_POINT"] = string.Create(CultureInfo.InvariantCulture, $"{side}:{write}");
            var first = await muster.RunAsync(run);
            muster.Variables.Remove("MUSTER_FAIL_POINT");
            if (first.ExitCode != 137)
            {
                break;
            }

            crashes++;
            var resumed = await muster.RunAsync("resume", "--json");
            Assert.Matches($@"resume \S+: \d+ of {tasks} tasks are finished and not run again \(.* spent before\); \d+ begun attempts are taken up\.", resumed.Errors);
            var json = System.Text.Json.JsonDocument.Parse(resumed.Output).RootElement;
            Assert.Equal(expected, End(json));
            if (agent == "command")
            {
                var ledger = File.ReadAllLines(Path.Combine(muster.Home, "ledger-" + json.GetProperty("run").GetString()));
                Assert.Equal((tasks, tasks), (ledger.Length, ledger.Distinct().Count()));
            }
        }

        Assert.InRange(crashes, 3, 200);

        static string End(System.Text.Json.JsonElement json) =>
            $"{json.GetProperty("status").GetString()} {json.GetProperty("census").GetRawText()} {json.GetProperty("exitCode").GetRawText()}";
    }

    /// <summary>Faults 84 and 38: the plan is edited while attempts of a killed engine are under way; what they do is not done twice.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Killed_and_resumed_with_an_edited_plan_what_was_begun_is_brought_to_its_end_and_counts(int write)
    {
        WritePlan("[sh, -c, 'sleep 0.5; echo {item} >> \"$MUSTER_ROOT/ledger\"; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']");
        muster.Variables["MUSTER_FAIL_POINT"] = string.Create(CultureInfo.InvariantCulture, $"after:{write}");
        Assert.Equal(137, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        muster.Variables.Clear();
        muster.Write("items.txt", "new\n" + string.Join('\n', Enumerable.Range(2, Tasks - 2))); // Every item stands elsewhere now, two are gone.

        var resumed = await muster.RunAsync("resume", "--amend", "plan.yaml", "--json");

        Assert.Contains("begun attempts are brought to their end before the plan is changed.", resumed.Errors, StringComparison.Ordinal);
        var json = System.Text.Json.JsonDocument.Parse(resumed.Output).RootElement;
        Assert.Equal(("complete", Tasks - 1), (json.GetProperty("status").GetString(), json.GetProperty("census").GetProperty("verified").GetInt32()));
        var ledger = await File.ReadAllLinesAsync(Path.Combine(muster.Home, "ledger"), TestContext.Current.CancellationToken);
        Assert.Equal(ledger.Distinct().Order(), ledger.Order());
        Assert.True(Enumerable.Range(2, Tasks - 2).All(i => ledger.Contains($"{i}")) && ledger.Contains("new"), string.Join(' ', ledger));
    }

    /// <summary>Fault 48: whatever uses up the memory, keeper and engine are both killed.</summary>
    [Fact]
    public async Task When_keeper_and_engine_are_both_killed_no_process_is_left_and_the_run_still_ends()
    {
        WritePlan("[sh, -c, 'if [ $MUSTER_ATTEMPT = ${MUSTER_ATTEMPT%/1} ]; then printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"; else echo $$ >> pids; sleep 300; fi']", 2);
        using var first = muster.Start(MusterProcess.Program, "run", "plan.yaml");
        var pids = Path.Combine(muster.Home, "pids");
        await MusterProcess.UntilAsync(() => File.Exists(pids) && File.ReadAllLines(pids).Length == 2);
        var keeper = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(muster.OnlyRun, "keeper.pid"))).RootElement.GetProperty("pid").GetInt32();
        Assert.Equal((0, 0), (MusterProcess.Kill(keeper, 9), MusterProcess.Kill(first.Id, 9)));
        await MusterProcess.EndAsync(first);

        var json = await muster.JsonAsync("resume");

        Assert.Equal(("complete", 4), (json.GetProperty("status").GetString(), json.GetProperty("attempts").GetInt32()));
        Assert.DoesNotContain(File.ReadAllLines(pids), IsAlive);
    }

    /// <summary>Fault 45: engines that get nowhere stop and ask, whatever kills them.</summary>
    [Fact]
    public async Task Engines_that_are_killed_before_any_attempt_ends_stop_in_the_end_and_ask()
    {
        WritePlan("[sleep, '2']", 1);
        muster.Variables["MUSTER_FAIL_POINT"] = "before:2";
        await muster.RunAsync("run", "plan.yaml");
        muster.Variables["MUSTER_FAIL_POINT"] = "after:1";
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(137, (await muster.RunAsync("resume")).ExitCode);
        }

        muster.Variables.Clear();
        var asked = await muster.RunAsync("resume");

        Assert.True((4, true) == (asked.ExitCode, asked.Output.Contains("engines were started without an attempt ending", StringComparison.Ordinal)), asked.Output + asked.Errors);
    }

    /// <summary>Fault 79: what was planned is what is run; a changed list of tasks is refused, a changed source of items is not looked at.</summary>
    [Fact]
    public async Task A_source_that_changes_after_planning_changes_nothing_and_a_changed_list_of_tasks_is_refused()
    {
        WritePlan(Ledger, 3);
        muster.Variables["MUSTER_FAIL_POINT"] = "after:1"; // Planned, nothing launched.
        Assert.Equal(137, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        muster.Variables.Clear();
        muster.Write("items.txt", "other\nitems\n");
        muster.Write("plan.yaml", "goal: something else");

        var json = await muster.JsonAsync("resume");

        Assert.Equal(("complete", 3), (json.GetProperty("status").GetString(), json.GetProperty("census").GetProperty("verified").GetInt32()));
        Assert.Equal(["0", "1", "2"], File.ReadAllLines(Path.Combine(muster.Home, "ledger-" + json.GetProperty("run").GetString())).Order());
        var tasks = Directory.GetFiles(muster.OnlyRun, "tasks*").Single();
        await File.WriteAllTextAsync(tasks, (await File.ReadAllTextAsync(tasks, TestContext.Current.CancellationToken)).Replace("Do 1", "Do 7", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var refused = await muster.RunAsync("retry", "--task", "item-6b86b273");
        Assert.True((1, true) == (refused.ExitCode, refused.Errors.Contains(Path.GetFileName(tasks), StringComparison.Ordinal)), refused.Output + refused.Errors);
    }

    /// <summary>Fault 29, without a sandbox: a command that writes into the tree cannot be kept from it, and the run says that the tree moved.</summary>
    [Fact]
    public async Task A_command_that_writes_into_the_tree_is_told_in_the_report()
    {
        muster.Write("tree/src/a.txt", "a");
        await muster.CommitAsync(Path.Combine(muster.Home, "tree"));
        WritePlan("[sh, -c, '{item}; printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"']", 1, root: "tree");
        muster.Write("items.txt", "true");
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--runs", "clean")).ExitCode);
        muster.Write("items.txt", "echo x >> src/a.txt");

        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--runs", "moved")).ExitCode);

        Assert.DoesNotContain("tree has moved", Report("clean"), StringComparison.Ordinal);
        Assert.Contains("tree has moved", Report("moved"), StringComparison.Ordinal);

        string Report(string runs) => File.ReadAllText(Path.Combine(Directory.GetDirectories(Path.Combine(muster.Home, runs)).Single(), "report.md"));
    }

    /// <summary>Fault 17: one credential for all; the first refusal stops launching, so 100 tasks do not fail the same way.</summary>
    [Fact]
    public async Task A_refused_credential_stops_launching_at_once_and_a_retry_does_the_rest()
    {
        WritePlan("[true]", 100, "scripted");
        muster.Write("script.yaml", "\"*\": [{ fault: permanent, delay: 200ms }, {}]\n");

        var stopped = await muster.JsonAsync("run", "plan.yaml", "--script", "script.yaml");

        Assert.InRange(stopped.GetProperty("attempts").GetInt32(), 1, 8); // Those that ran when the first was refused.
        Assert.Equal(100, stopped.GetProperty("census").GetProperty("failed").GetInt32() + stopped.GetProperty("census").GetProperty("skipped").GetInt32());
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
        await MusterProcess.UntilAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "attempt.json", SearchOption.AllDirectories).Length > 0);

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
        await MusterProcess.UntilAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "attempt.json", SearchOption.AllDirectories).Length == 8);

        Assert.Equal(0, MusterProcess.Kill(first.Id, 2));
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

    private void WritePlan(string command, int tasks = Tasks, string agent = "command", string root = ".")
    {
        muster.Write("items.txt", string.Join('\n', Enumerable.Range(0, tasks)));
        muster.Write("plan.yaml", $$"""
            goal: Crash
            agent: {{agent}}
            root: {{root}}
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

    private static bool IsAlive(string pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
