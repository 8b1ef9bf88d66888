
namespace Muster.EndToEnd;

/// <summary>What stopping, amending and going on do to a real run.</summary>
public sealed partial class StopAndResumeTests : IDisposable
{
    private const string Good = "printf \"# t\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n\" > \"$MUSTER_OUTPUT\"";
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task A_run_cancelled_while_it_waits_for_a_quota_is_over_at_once()
    {
        WritePlan("scripted", ["a", "b"]);
        muster.Write("script.yaml", "\"*\": [{fault: quota, retry_after: 40s}, {}]\n");
        using var run = muster.Start(MusterProcess.Program, "run", "plan.yaml", "--script", "script.yaml");
        await MusterProcess.UntilAsync(async () => Directory.Exists(muster.Runs) && (await muster.RunAsync("status")).Output.StartsWith("Paused", StringComparison.Ordinal) | (await muster.RunAsync("status")).ExitCode == 5);
        var began = DateTime.UtcNow;

        Assert.Equal(0, (await muster.RunAsync("cancel")).ExitCode);

        Assert.Equal(130, (await MusterProcess.EndAsync(run)).ExitCode);
        Assert.InRange(DateTime.UtcNow - began, TimeSpan.Zero, TimeSpan.FromSeconds(25));
        Assert.Equal("cancelled", (await muster.JsonAsync("status")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_run_that_nobody_drives_can_be_cancelled_though_it_waits_for_a_person()
    {
        WritePlan("scripted", ["a", "b", "c"], "limits: { agents: 1 }");
        Assert.Equal(5, (await muster.RunAsync("run", "plan.yaml")).ExitCode);

        Assert.Equal(0, (await muster.RunAsync("cancel")).ExitCode);

        Assert.Equal("cancelled", (await muster.JsonAsync("status")).GetProperty("status").GetString());
        Assert.Equal(1, (await muster.RunAsync("cancel")).ExitCode);
    }

    /// <summary>Fault 38: what an engine that is gone left running ends with its run.</summary>
    [Fact]
    public async Task A_run_whose_engine_was_killed_is_cancelled_with_what_still_runs()
    {
        WritePlan("command", ["t1", "t2"], command: "echo $$ >> \"$MUSTER_ROOT/processes\"; sleep 300");
        using var first = muster.Start(MusterProcess.Program, "run", "plan.yaml");
        var processes = Path.Combine(muster.Home, "processes");
        await MusterProcess.UntilAsync(() => File.Exists(processes) && File.ReadAllLines(processes).Length == 2);
        Assert.Equal(0, MusterProcess.Kill(first.Id, 9));
        await MusterProcess.EndAsync(first);

        Assert.Equal(0, (await muster.RunAsync("cancel")).ExitCode);

        Assert.All(await File.ReadAllLinesAsync(processes, TestContext.Current.CancellationToken), pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"process {pid} still runs"));
    }

    /// <summary>Faults 38 and 84: what an engine left running ends before another plan takes its place, and keeps its result.</summary>
    [Fact]
    public async Task A_plan_amended_after_a_crash_takes_no_attempt_for_another_tasks()
    {
        WritePlan("command", ["t1", "t2", "t3"], command: $"echo $MUSTER_TASK >> \"$MUSTER_ROOT/ledger\"; sleep 2; {Good}");
        using var first = muster.Start(MusterProcess.Program, "run", "plan.yaml");
        await MusterProcess.UntilAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "attempt.json", SearchOption.AllDirectories).Length == 3);
        Assert.Equal(0, MusterProcess.Kill(first.Id, 9));
        await MusterProcess.EndAsync(first);
        WritePlan("command", ["z1", "t3"], command: $"echo $MUSTER_TASK >> \"$MUSTER_ROOT/ledger\"; sleep 2; {Good}");

        var amended = await muster.JsonAsync("resume", "--amend", "plan.yaml");

        Assert.Equal(("complete", 2), (amended.GetProperty("status").GetString(), amended.GetProperty("census").GetProperty("verified").GetInt32()));
        Assert.Equal(["t1", "t2", "t3", "z1"], (await File.ReadAllLinesAsync(Path.Combine(muster.Home, "ledger"), TestContext.Current.CancellationToken)).Order());
        Assert.Equal(0, (await muster.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_task_that_comes_back_with_another_text_is_run_and_not_answered_with_its_old_file()
    {
        WritePlan("command", ["x", "y"], command: $"echo old; {Good}");
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        WritePlan("command", ["y"], command: $"echo old; {Good}");
        Assert.Equal(0, (await muster.RunAsync("resume", "--amend", "plan.yaml")).ExitCode);
        WritePlan("command", ["x", "y"], command: $"echo x >> \"$MUSTER_ROOT/ledger\"; echo new; {Good}");

        Assert.Equal(0, (await muster.RunAsync("resume", "--amend", "plan.yaml")).ExitCode);

        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(muster.Home, "ledger"), TestContext.Current.CancellationToken)).Length);
        Assert.True(File.Exists(Path.Combine(muster.OnlyRun, "attempts", "x", "2", "output.md")));
    }

    /// <summary>Fault 33: a file that is gone when the run ends is no "Complete".</summary>
    [Fact]
    public async Task A_sealed_file_that_was_taken_away_is_done_again_before_the_run_ends()
    {
        const string Spoil = "[ $MUSTER_TASK = b ] && rm -f \"$MUSTER_RUN/workers/a.md\"; ";
        WritePlan("command", ["a", "b"], command: $"echo $MUSTER_TASK >> \"$MUSTER_ROOT/ledger\"; {Spoil}{Good}");
        var plan = await File.ReadAllTextAsync(Path.Combine(muster.Home, "plan.yaml"), TestContext.Current.CancellationToken);
        muster.Write("plan.yaml", plan.Replace("id: b, task", "id: b, after: [a], task", StringComparison.Ordinal));

        var run = await muster.RunAsync("run", "plan.yaml");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(["a", "b", "a"], await File.ReadAllLinesAsync(Path.Combine(muster.Home, "ledger"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(Path.Combine(muster.OnlyRun, "workers", "a.md")));
    }

    /// <summary>Fault 33.</summary>
    [Fact]
    public async Task A_sealed_file_that_was_taken_away_from_a_finished_run_is_done_again_by_a_resume()
    {
        WritePlan("scripted", ["a", "b"]);
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        File.Delete(Path.Combine(muster.OnlyRun, "workers", "a.md"));

        var resumed = await muster.JsonAsync("resume");

        Assert.Equal(("complete", 3), (resumed.GetProperty("status").GetString(), resumed.GetProperty("attempts").GetInt32()));
        Assert.True(File.Exists(Path.Combine(muster.OnlyRun, "workers", "a.md")));
    }

    /// <summary>Fault 34: a directory that is lost is no reason to pay for everything again.</summary>
    [Fact]
    public async Task A_lost_directory_of_published_files_pauses_the_run()
    {
        WritePlan("scripted", ["a", "b"]);
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        Directory.Move(Path.Combine(muster.OnlyRun, "workers"), Path.Combine(muster.OnlyRun, "lost"));

        var resumed = await muster.RunAsync("resume");

        Assert.True(resumed.ExitCode != 0, resumed.Output);
        Assert.Contains("workers", resumed.Output + resumed.Errors, StringComparison.Ordinal);
        Directory.Move(Path.Combine(muster.OnlyRun, "lost"), Path.Combine(muster.OnlyRun, "workers"));
        Assert.Equal(2, (await muster.JsonAsync("resume")).GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task A_limit_of_tokens_is_not_passed_by_the_attempts_that_run_at_once()
    {
        WritePlan("scripted", [.. Enumerable.Range(0, 9).Select(i => $"t{i}")], "limits: { tokens: 150k }");
        muster.Write("script.yaml", "\"*\": { input_tokens: 50000, output_tokens: 1000 }\n");

        var json = await muster.JsonAsync("run", "plan.yaml", "--script", "script.yaml");

        Assert.Equal(("paused", 5), (json.GetProperty("status").GetString(), json.GetProperty("exitCode").GetInt32()));
        Assert.InRange(json.GetProperty("tokens").GetInt64(), 1, 150_000);
        muster.Write("script.yaml", "\"*\": { input_tokens: 90000 }\n"); // More than is set aside at first, and the limit leaves it.
        WritePlan("scripted", ["t0", "t1"], "limits: { tokens: 1M }");
        json = await muster.JsonAsync("run", "plan.yaml", "--script", "script.yaml");
        Assert.Equal(("complete", 2, 180_000), (json.GetProperty("status").GetString(), json.GetProperty("attempts").GetInt32(), json.GetProperty("tokens").GetInt64()));
        WritePlan("scripted", ["t0", "t1"], "limits: { tokens: 10k }");
        var check = await muster.RunAsync("check", "plan.yaml");
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("attempt_tokens", check.Output + check.Errors, StringComparison.Ordinal);
    }

    /// <summary>A request to end an earlier engine does not end the next one.</summary>
    [Fact]
    public async Task A_request_that_an_engine_left_behind_ends_nobody()
    {
        WritePlan("scripted", ["a", "b", "c"], "limits: { agents: 1 }");
        Assert.Equal(5, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(muster.OnlyRun, "cancel"), "cancel\n", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await muster.RunAsync("resume", "--max-agents", "10")).ExitCode);
        Assert.False(File.Exists(Path.Combine(muster.OnlyRun, "cancel")));
    }

    [Fact]
    public async Task A_limit_of_time_ends_what_runs_and_can_be_raised()
    {
        WritePlan("command", ["a"], "limits: { wall: 2s }", command: $"[ -e \"$MUSTER_ROOT/go\" ] || sleep 50; {Good}");
        var began = DateTime.UtcNow;

        var paused = await muster.RunAsync("run", "plan.yaml");

        Assert.True(paused.ExitCode == 5, paused.Output + paused.Errors);
        Assert.InRange(DateTime.UtcNow - began, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.Contains("wall", paused.Output, StringComparison.Ordinal);
        muster.Write("go", string.Empty);
        Assert.Equal(5, (await muster.RunAsync("resume")).ExitCode);
        Assert.Equal(0, (await muster.RunAsync("resume", "--max-wall", "1h")).ExitCode);
        Assert.Equal(2, (await muster.RunAsync("resume", "--max-wall", "soon")).ExitCode);
    }

    [Fact]
    public async Task A_program_that_is_missing_fails_its_own_task_only_and_an_amended_plan_may_use_the_agent_again()
    {
        WritePlan("command", ["b", "c", "a"], "capacity: 6", command: $"rm -f \"$MUSTER_ROOT/tool\"; {Good}", model: "opus");
        var plan = await File.ReadAllTextAsync(Path.Combine(muster.Home, "plan.yaml"), TestContext.Current.CancellationToken);
        var tool = muster.Write("tool", "#!/bin/sh\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        muster.Write("plan.yaml", plan.Replace("id: a, task: Do, model: opus, command: [sh", $"id: a, after: [b], task: Do, model: opus, command: [{tool}", StringComparison.Ordinal));

        var run = await muster.JsonAsync("run", "plan.yaml");

        Assert.Equal((2, 1, 0), (
            run.GetProperty("census").GetProperty("verified").GetInt32(),
            run.GetProperty("census").GetProperty("failed").GetInt32(),
            run.GetProperty("census").GetProperty("skipped").GetInt32()));
        muster.Write("plan.yaml", plan);
        Assert.Equal(0, (await muster.RunAsync("resume", "--amend", "plan.yaml")).ExitCode);
    }

    [Fact]
    public async Task A_root_that_is_gone_is_told_before_anything_is_launched()
    {
        muster.Write("tree/file.txt", "x");
        WritePlan("scripted", ["a", "b", "c"], "root: tree\nlimits: { agents: 1 }");
        Assert.Equal(5, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        Directory.Delete(Path.Combine(muster.Home, "tree"), recursive: true);

        var resumed = await muster.RunAsync("resume", "--max-agents", "10");

        Assert.Equal(2, resumed.ExitCode);
        Assert.Contains("tree", resumed.Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await muster.JsonAsync("status")).GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task What_is_not_asked_of_an_agent_changes_no_result_and_what_is_does()
    {
        WritePlan("scripted", [.. Enumerable.Range(0, 12).Select(i => $"t{i}")]);
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        var plan = await File.ReadAllTextAsync(Path.Combine(muster.Home, "plan.yaml"), TestContext.Current.CancellationToken);

        muster.Write("plan.yaml", plan.Replace("goal: Try", "goal: Another goal", StringComparison.Ordinal).Replace("task: Do,", "task: Do, timeout: 9m, estimate: 5s,", StringComparison.Ordinal));
        var first = await muster.RunAsync("resume", "--amend", "plan.yaml");
        Assert.Contains("0 changed, 12 are as before", first.Errors, StringComparison.Ordinal);
        Assert.Equal(12 + 2 + 1, (await muster.JsonAsync("status")).GetProperty("attempts").GetInt32());

        muster.Write("elsewhere/file.txt", "x");
        muster.Write("plan.yaml", "root: elsewhere\n" + plan);
        Assert.Contains("12 changed", (await muster.RunAsync("resume", "--amend", "plan.yaml")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_amended_to_a_few_tasks_still_tells_the_parent_what_they_said()
    {
        WritePlan("scripted", [.. Enumerable.Range(0, 12).Select(i => $"t{i}")]);
        muster.Write("script.yaml", "t3: { return: \"Done. The third one spoke.\" }\n");
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml")).ExitCode);
        WritePlan("scripted", ["t3", "t4"]);

        Assert.Equal(0, (await muster.RunAsync("resume", "--amend", "plan.yaml")).ExitCode);

        Assert.Contains("The third one spoke", await File.ReadAllTextAsync(Path.Combine(muster.OnlyRun, "summary.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, (await muster.RunAsync("status")).ExitCode);
    }

    /// <summary>Faults 53 and 54: what a repair cannot know it does not charge.</summary>
    [Fact]
    public async Task A_repaired_run_with_a_limit_of_cost_can_go_on()
    {
        WritePlan("scripted", ["a", "b"], "limits: { usd: 5 }");
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(muster.OnlyRun, "run.db"), "rubbish", TestContext.Current.CancellationToken);
        Assert.Equal(2, (await muster.JsonAsync("repair")).GetProperty("resultsFromFiles").GetInt32());
        WritePlan("scripted", ["a", "b", "c"], "limits: { usd: 5 }");

        var amended = await muster.RunAsync("resume", "--amend", "plan.yaml");

        Assert.True(amended.ExitCode == 0, amended.Output + amended.Errors);
    }

    private void WritePlan(string agent, string[] tasks, string more = "retries: 1", string? command = null, string model = "haiku") => muster.Write(
        "plan.yaml",
        $"goal: Try\nagent: {agent}\n{more}\ndomains:\n  - id: d\n    tasks:\n" + string.Concat(tasks.Select(id =>
            $"      - {{ id: {id}, task: Do, model: {model}{(command is null ? string.Empty : $", command: [sh, -c, '{command}']")} }}\n")));
}
