namespace Muster.EndToEnd;

/// <summary>Every command, for people and for programs, with the exit codes that are promised.</summary>
public sealed class CommandsTests : IDisposable
{
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task A_rehearsal_with_gaps_is_told_by_every_command_and_a_retry_closes_it()
    {
        WritePlan(12);
        muster.Write("script.yaml", "t-3: [no-file, half-file, {}]\n");

        var run = await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml");

        Assert.True(run.ExitCode == 3, run.Output + run.Errors);
        Assert.Contains("Complete with gaps: 12 planned, 12 launched, 11 verified, 1 failed, 0 skipped", run.Output, StringComparison.Ordinal);
        Assert.Contains("t-3: failed: the last line is not '<!-- DONE -->'", run.Output, StringComparison.Ordinal);
        Assert.Equal(3, (await muster.RunAsync("status")).ExitCode);
        Assert.Contains("failed", (await muster.RunAsync("show", "t-3")).Output, StringComparison.Ordinal);
        Assert.Contains("11/12", (await muster.RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(3, (await muster.RunAsync("watch")).ExitCode);
        Assert.Contains("t-3", File.ReadAllText(Path.Combine(muster.OnlyRun, "gaps.md")), StringComparison.Ordinal);
        Assert.Contains("11 of 12", File.ReadAllText(Path.Combine(muster.OnlyRun, "summary.md")), StringComparison.Ordinal);

        var retry = await muster.RunAsync("retry");

        Assert.True(retry.ExitCode == 0, retry.Output + retry.Errors);
        Assert.Contains("12 verified", retry.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await muster.RunAsync("retry")).ExitCode);
    }

    [Fact]
    public async Task Check_tells_tasks_waves_tree_cost_and_bill_and_spends_nothing()
    {
        WritePlan(20);

        var json = await muster.JsonAsync("check", "plan.yaml");

        Assert.Equal((20, 4, 3), (json.GetProperty("workers").GetInt32(), json.GetProperty("coordinators").GetInt32(), json.GetProperty("waves").GetInt32()));
        Assert.Equal(0, json.GetProperty("usd").GetDecimal());
        Assert.Equal([3, 1], json.GetProperty("domains")[0].GetProperty("coordinators").EnumerateArray().Select(n => n.GetInt32()));
        Assert.False(Directory.Exists(muster.Runs));
    }

    /// <summary>Fault 16: when most tasks fail, launching stops and a person is asked.</summary>
    [Fact]
    public async Task A_breaker_stops_a_run_in_which_most_tasks_fail()
    {
        WritePlan(100);
        muster.Write("script.yaml", "\"*\": no-file\n");

        var json = await muster.JsonAsync("run", "plan.yaml", "--script", "script.yaml");

        Assert.Equal("awaiting-human", json.GetProperty("status").GetString());
        Assert.InRange(json.GetProperty("census").GetProperty("failed").GetInt32(), 30, 45);
        Assert.Equal(4, json.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task A_cap_is_never_passed_and_a_raised_one_lets_the_run_go_on()
    {
        WritePlan(12, "limits: { agents: 5 }");

        var paused = await muster.JsonAsync("run", "plan.yaml");

        Assert.Equal(("paused", 5, 5), (paused.GetProperty("status").GetString(), paused.GetProperty("attempts").GetInt32(), paused.GetProperty("exitCode").GetInt32()));
        var resumed = await muster.JsonAsync("resume", "--max-agents", "100");
        Assert.Equal(("complete", 12), (resumed.GetProperty("status").GetString(), resumed.GetProperty("census").GetProperty("verified").GetInt32()));
        Assert.Equal(12 + 3, resumed.GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task Nothing_verified_is_a_failure_with_its_own_code()
    {
        WritePlan(2);
        muster.Write("script.yaml", "\"*\": no-file\n");

        Assert.Equal(1, (await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml")).ExitCode);
    }

    /// <summary>Promise 1: a coordinator that speaks of all where one is missing is sent back, and then corrected.</summary>
    [Fact]
    public async Task A_summary_never_speaks_of_all_when_one_is_missing()
    {
        WritePlan(12);
        muster.Write("script.yaml", "t-3: no-file\n\"synthesis/**\": { return: All workers agree that it is sound. }\n");

        Assert.Equal(3, (await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml")).ExitCode);

        var step = await muster.JsonAsync("show", "d/1");
        Assert.Equal(2, step.GetProperty("attempts").GetInt32());
        Assert.Contains("the summary says 'All workers'", step.GetProperty("history")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "workers were verified; what follows can speak of those alone. All workers agree", File.ReadAllText(Path.Combine(muster.OnlyRun, "summary.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_tells_a_tasks_attempts_with_their_files_and_what_it_found()
    {
        WritePlan(2);
        muster.Write("script.yaml", "t-1: [half-file, { output: \"# T\\n\\n## Findings\\n\\n- [major] plan.yaml:1: a goal; think\\n- [minor] gone.cs:4: nothing; look\\n\\n<!-- DONE -->\\n\" }]\n");
        await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml");

        var text = (await muster.RunAsync("show", "t-1")).Output;
        var json = await muster.JsonAsync("show", "t-1");

        Assert.Contains("attempts/t-1/1/prompt.md", text, StringComparison.Ordinal);
        Assert.Contains("failed", text, StringComparison.Ordinal);
        Assert.Contains("[ungrounded:", text, StringComparison.Ordinal);
        Assert.Equal(["failed", "verified"], json.GetProperty("history").EnumerateArray().Select(a => a.GetProperty("status").GetString()));
        Assert.Equal(["counted", "ungrounded"], json.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("standing").GetString()));
    }

    [Fact]
    public async Task Waves_come_one_after_the_other()
    {
        WritePlan(20);

        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--dispatch", "waves")).ExitCode);
    }

    [Fact]
    public async Task A_backup_can_be_read_and_clean_removes_what_is_finished()
    {
        WritePlan(2);
        await muster.RunAsync("run", "plan.yaml");

        Assert.Equal(0, (await muster.RunAsync("backup", "copy")).ExitCode);
        Assert.Equal("complete", (await muster.JsonAsync("status", "--runs", "copy")).GetProperty("status").GetString());
        Assert.Equal(0, (await muster.RunAsync("clean", "--older-than", "0s")).ExitCode);
        Assert.Empty(Directory.GetDirectories(muster.Runs));
    }

    [Theory]
    [InlineData("plan", "--catalog")]
    [InlineData("doctor")]
    [InlineData("list")]
    public async Task Other_commands_answer_programs_in_json(params string[] arguments) =>
        Assert.Equal(System.Text.Json.JsonValueKind.Array, (await muster.JsonAsync(arguments)).ValueKind);

    [Fact]
    public async Task Doctor_probes_an_agent_where_it_is_asked_to_and_tells_of_settings_that_cannot_be_read()
    {
        muster.Write("config/muster/muster.yaml", "agents:\n  claude: { prgram: x }\n");
        var ill = await muster.RunAsync("doctor", "--probe", "inspect");

        Assert.Equal(3, ill.ExitCode);
        Assert.Contains("muster.yaml:2:13: error: 'prgram' is no key of an agent. Did you mean 'program'?", ill.Output, StringComparison.Ordinal);
        Assert.Contains("inspect works", ill.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await muster.RunAsync("audit", ".")).ExitCode);

        var unknown = await muster.RunAsync("doctor", "--probe", "inspcet");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("Did you mean 'inspect'?", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_cost_is_told_when_it_ends_and_whenever_it_is_asked_for()
    {
        WritePlan(2);
        muster.Write("script.yaml", "t-1: { usd: 0.40, input_tokens: 20000, output_tokens: 900 }\nt-2: { usd: unknown, input_tokens: 1000, output_tokens: 10 }\n");

        var run = await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml");

        Assert.Contains("cost: 21,000 tokens read and 910 written, at least 0.40 USD, 1 attempt of unknown cost", run.Output, StringComparison.Ordinal);
        foreach (var json in new[] { await muster.JsonAsync("status"), await muster.JsonAsync("show", "last") })
        {
            var cost = json.GetProperty("cost");
            Assert.Equal(System.Text.Json.JsonValueKind.Null, cost.GetProperty("usd").ValueKind);
            Assert.Equal((0.40m, 1), (cost.GetProperty("usdKnown").GetDecimal(), cost.GetProperty("unknownAttempts").GetInt32()));
            Assert.Equal("t-1", cost.GetProperty("tasks")[0].GetProperty("name").GetString());
        }

        Assert.Contains("by tier: sonnet at least 0.40 USD, 1 attempt of unknown cost", (await muster.RunAsync("status")).Output, StringComparison.Ordinal);
    }

    /// <summary>Fault 6: a limit raised with a resume is held from there on.</summary>
    [Fact]
    public async Task A_limit_of_the_command_line_is_held_and_a_resume_raises_it()
    {
        WritePlan(4, "capacity: 3");
        muster.Write("script.yaml", "t-*: { usd: 0.40, input_tokens: 20000, output_tokens: 900 }\n");

        var paused = await muster.RunAsync("run", "plan.yaml", "--script", "script.yaml", "--max-usd", "0.90");
        Assert.Equal(5, paused.ExitCode);
        Assert.Contains("the limit of 0.90 USD is reached", paused.Output, StringComparison.Ordinal);

        var resumed = await muster.RunAsync("resume", "--max-usd", "5");
        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("1.60 USD", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await muster.RunAsync("run", "plan.yaml", "--max-usd", "lots")).ExitCode);
    }

    [Theory]
    [InlineData("audit")]
    [InlineData("plan")]
    [InlineData("check")]
    [InlineData("run")]
    [InlineData("status")]
    [InlineData("watch")]
    [InlineData("show")]
    [InlineData("list")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("retry")]
    [InlineData("repair")]
    [InlineData("backup")]
    [InlineData("clean")]
    [InlineData("trust")]
    [InlineData("doctor")]
    [InlineData("contracts", "check")]
    [InlineData("locks")]
    [InlineData("training", "check")]
    [InlineData("training", "stats")]
    [InlineData("training", "export")]
    public async Task Every_commands_help_has_an_example(params string[] command)
    {
        var help = (await muster.RunAsync([.. command, "--help"])).Output;

        Assert.Contains($"Example: muster {string.Join(' ', command)}", help, StringComparison.Ordinal);
        Assert.Contains("--json", help, StringComparison.Ordinal);
    }

    private void WritePlan(int tasks, string more = "retries: 1") => muster.Write(
        "plan.yaml",
        $"goal: Try\nagent: scripted\n{more}\ndomains:\n  - id: d\n    tasks:\n"
        + string.Concat(Enumerable.Range(1, tasks).Select(i => $"      - {{ id: t-{i}, task: Do, model: sonnet }}\n")));
}
