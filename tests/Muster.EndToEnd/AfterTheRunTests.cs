namespace Muster.EndToEnd;

/// <summary>What becomes of runs later: copies, removal, a retry with what the run was given, a tree that has moved.</summary>
public sealed class AfterTheRunTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    /// <summary>Agents leave what they like in their directories, and an engine at work has half-written files.</summary>
    [Fact]
    public async Task A_backup_copies_files_and_directories_and_waits_for_no_pipe()
    {
        WritePlan(2);
        await muster.RunAsync("run", "plan.yaml");
        var run = muster.OnlyRun;
        Assert.Equal(0, (await muster.RunToolAsync("mkfifo", Path.Combine(run, "attempts", "pipe"))).ExitCode);
        Directory.CreateDirectory(Path.Combine(run, "workers", "empty"));
        await File.WriteAllTextAsync(Path.Combine(run, "workers", "t-1.md.new"), "half", TestContext.Current.CancellationToken);
        using var held = File.Open(Path.Combine(run, "workers", "t-2.md.new"), FileMode.Create, FileAccess.Write, FileShare.None);

        var result = await muster.RunToolAsync("timeout", "--signal=KILL", "30", MusterProcess.Program, "backup", "copy");

        Assert.True(result.ExitCode == 0, result.Errors);
        var copy = Path.Combine(muster.Home, "copy", Path.GetFileName(run));
        Assert.True(Directory.Exists(Path.Combine(copy, "workers", "empty")));
        Assert.False(Path.Exists(Path.Combine(copy, "attempts", "pipe")));
        Assert.Empty(Directory.GetFiles(copy, "*.new", SearchOption.AllDirectories));
        Assert.Equal("complete", (await muster.JsonAsync("status", "--runs", "copy")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_retry_counts_with_the_baseline_that_the_run_was_given_and_writes_what_is_asked_for()
    {
        muster.Write("tree/a.py", "x = 1\n<<<<<<< HEAD\n");
        Assert.Equal(0, (await muster.RunAsync("audit", "tree", "--write-baseline", "known.json")).ExitCode);
        var known = await muster.JsonAsync("audit", "tree", "--baseline", "known.json", "--fail-on", "minor");
        Assert.Equal(0, known.GetProperty("exitCode").GetInt32());
        File.Delete(Path.Combine(muster.Home, "known.json"));

        var retry = await muster.JsonAsync("retry", "--task", "cor-2", "--fail-on", "minor", "--sarif", "out.sarif");

        Assert.Equal(0, retry.GetProperty("exitCode").GetInt32());
        Assert.True(File.Exists(Path.Combine(muster.Home, "out.sarif")));

        muster.Write("tree/b.py", "y = 1\n<<<<<<< HEAD\n");
        Assert.Equal(6, (await muster.JsonAsync("retry", "--fail-on", "minor", "--task", "cor-2")).GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Outcomes_kept_through_an_amended_plan_are_told_to_be_of_the_tree_of_before()
    {
        muster.Write("a.txt", "one");
        WritePlan(12);
        await muster.RunAsync("run", "plan.yaml");
        muster.Write("a.txt", "one and more");
        WritePlan(13);

        var amended = await muster.RunAsync("resume", "--amend", "plan.yaml");

        Assert.True(amended.ExitCode == 0, amended.Output + amended.Errors);
        Assert.Contains("The tree has moved", amended.Output, StringComparison.Ordinal);
        Assert.Contains("The tree has moved", await File.ReadAllTextAsync(Path.Combine(muster.OnlyRun, "summary.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_ran_before_goes_by_the_times_of_that_run_and_check_says_so()
    {
        WritePlan(12);
        Assert.Contains("12 by the size of the scope", (await muster.RunAsync("check", "plan.yaml")).Output, StringComparison.Ordinal);
        await muster.RunAsync("run", "plan.yaml");
        WritePlan(13);

        var times = (await muster.JsonAsync("check", "plan.yaml")).GetProperty("times");

        Assert.Equal((12, 1), (times.GetProperty("earlier").GetInt32(), times.GetProperty("scope").GetInt32()));
        Assert.Equal(Path.GetFileName(muster.OnlyRun), times.GetProperty("run").GetString());
        var amended = await muster.RunAsync("resume", "--amend", "plan.yaml");
        Assert.Contains("1 tasks are new, 0 changed, 12 are as before", amended.Errors, StringComparison.Ordinal);
    }

    /// <summary>A reserve that no machine has: commands then run one after the other, and the run says why.</summary>
    [Fact]
    public async Task Commands_that_find_no_memory_wait_for_one_another_and_the_run_says_so()
    {
        muster.Write("items.txt", string.Join('\n', Enumerable.Range(1, 4)));
        muster.Write("plan.yaml", """
            goal: Memory
            agent: command
            domains:
              - id: d
                tasks:
                  - foreach: { lines: items.txt }
                    id: "t-{n}"
                    task: Count
                    model: haiku
                    command: [sh, -c, 'mkdir "$MUSTER_ROOT/one" && sleep 0.3 && rmdir "$MUSTER_ROOT/one" && printf "# t\n\n## Findings\n\n- none\n\n<!-- DONE -->\n" > "$MUSTER_OUTPUT"']
            """);

        var run = await muster.RunAsync("run", "plan.yaml", "--process-memory", "1000000G");

        Assert.True(run.ExitCode == 0, run.Output + run.Errors); // Two at once would fail at the directory.
        Assert.Equal(1, run.Errors.Split("Memory is short").Length - 1);
    }

    [Fact]
    public async Task Clean_removes_cancelled_runs_by_age_and_never_one_whose_agents_are_at_work()
    {
        muster.Write("plan.yaml", """
            goal: Sleep
            agent: command
            domains:
              - id: d
                tasks:
                  - { id: t-1, task: Sleep, model: haiku, command: [sh, -c, "echo $$ > pid; exec sleep 60"] }
            """);
        using var engine = muster.Start(MusterProcess.Program, "run", "plan.yaml");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!Directory.Exists(muster.Runs) || !File.Exists(Path.Combine(muster.Home, "pid")) || Directory.GetFiles(muster.Runs, "attempt.json", SearchOption.AllDirectories).Length == 0)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        engine.Kill();
        await engine.WaitForExitAsync(TestContext.Current.CancellationToken); // Its streams stay open in what outlives it.
        var refused = await muster.RunAsync("clean", Path.GetFileName(muster.OnlyRun), "--force");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("agents that are still at work", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await muster.RunAsync("cancel")).ExitCode);
        Assert.False(Directory.Exists("/proc/" + File.ReadAllText(Path.Combine(muster.Home, "pid")).Trim()), "The agent of a cancelled run goes on.");

        while (Directory.GetDirectories(muster.Runs).Length > 0 && (await muster.RunAsync("clean", "--older-than", "0s")).ExitCode == 0)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken); // Its keeper leaves a moment after its last agent.
        }

        Assert.Empty(Directory.GetDirectories(muster.Runs));
    }

    private void WritePlan(int tasks)
    {
        muster.Write("items.txt", string.Join('\n', Enumerable.Range(1, tasks).Select(i => $"item {i}")));
        muster.Write("plan.yaml", """
            goal: Rehearse
            agent: scripted
            domains:
              - id: d
                tasks:
                  - { foreach: { lines: items.txt }, id: "t-{n}", task: "Do {item}", model: haiku }
            """);
    }
}
