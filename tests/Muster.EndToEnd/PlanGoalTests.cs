using System.Text.Json;
using Muster.Loopback;
using Muster.Loopback.Scripting;

namespace Muster.EndToEnd;

/// <summary>A goal is planned by a model: the built command, real HTTP on loopback, a plan that `muster run` takes.</summary>
public sealed class PlanGoalTests : IDisposable
{
    private const string Goal = "Find what {breaks}: \"quoted\", and why";

    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task A_goal_becomes_a_plan_that_is_shown_with_its_estimate_written_and_can_be_run()
    {
        await using var server = await StartAsync();

        var planned = await muster.RunAsync("plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes", "--max-usd", "5");

        Assert.True(planned.ExitCode == 0, planned.Output + planned.Errors);
        Assert.Contains("9 tasks in 3 domains, 0 coordinators, 2 waves, agent anthropic", planned.Output, StringComparison.Ordinal);
        Assert.Contains("    deciding-1  opus    Rehearsed task 1  the whole tree\n", planned.Output, StringComparison.Ordinal);
        Assert.Contains("estimate: 193,500 tokens, ", planned.Output, StringComparison.Ordinal);
        Assert.Contains(" USD at list prices", planned.Output, StringComparison.Ordinal);
        Assert.Contains($"planned in run {Path.GetFileName(muster.OnlyRun)}, 0 repairs: ", planned.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Many agents are not worth it", planned.Output, StringComparison.Ordinal);
        Assert.Contains("You are the planner", server.Requests.First().Body, StringComparison.Ordinal);
        Assert.Contains("Find what {breaks}: ", JsonOf(server.Requests.First()), StringComparison.Ordinal);
        var check = await muster.JsonAsync("check", "plan.yaml");
        Assert.Equal((true, 9), (check.GetProperty("ok").GetBoolean(), check.GetProperty("workers").GetInt32()));
        var run = await muster.JsonAsync("run", "plan.yaml");
        Assert.Equal(("complete", Goal), (run.GetProperty("status").GetString(), run.GetProperty("goal").GetString()));
        Assert.Equal(Path.Combine(muster.Home, "tree"), run.GetProperty("root").GetString());
    }

    [Fact]
    public async Task A_proposal_with_errors_goes_back_once_with_them_and_what_was_paid_for_stands()
    {
        await using var server = await StartAsync(Script(("attempts/plan/", Proposed(Tasks(6, "mdoel: haiku, tools: [Read]"))), ("attempts/repair-1/", Proposed(Tasks(6)))));

        var json = await PlanAsync("--yes");

        Assert.Equal((1, 2), (json.GetProperty("repairs").GetInt32(), json.GetProperty("attempts").GetInt32()));
        Assert.Equal(6, json.GetProperty("tasks").GetArrayLength());
        var sentBack = JsonOf(server.Requests.Last(r => r.Body.Contains("Mend the plan, 1 of 2", StringComparison.Ordinal)));
        Assert.Contains("'mdoel' is not the planner's to set.", sentBack, StringComparison.Ordinal);
        Assert.Contains("task: Look at part 6", sentBack, StringComparison.Ordinal); // The proposal itself, between its marks.
        Assert.Equal("1", Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(muster.OnlyRun, "attempts", "plan")))));
    }

    [Fact]
    public async Task A_proposal_that_is_refused_three_times_fails_and_is_kept()
    {
        await using var server = await StartAsync(Script(
            ("attempts/plan/", Proposed("nothing: here\n")), ("attempts/repair-1/", "# T\n## Findings\n- none\n<!-- DONE -->\n"), ("attempts/repair-2/", Proposed(Tasks(6, "model: gpt-9, tools: [Read]")))));

        var failed = await muster.RunAsync("plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes");

        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("No plan was made: the proposal was sent back 2 times, and 6 errors are left.", failed.Errors, StringComparison.Ordinal);
        Assert.Contains("proposal:5:15: error: Task 't-1' names the model 'gpt-9'. Name haiku, sonnet or opus.", failed.Errors, StringComparison.Ordinal);
        Assert.Contains($"The last proposal lies in {muster.OnlyRun}/workers/repair-2.md", failed.Errors, StringComparison.Ordinal);
        Assert.Contains("names the model", failed.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(muster.OnlyRun, "workers", "repair-2.md")));
        Assert.False(File.Exists(Path.Combine(muster.Home, "plan.yaml")));
        Assert.Equal(1, (await muster.RunAsync("plan", "--resume", "last")).ExitCode); // And it stays so: no further repair is paid for.
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(muster.OnlyRun, "attempts")).Length);
    }

    [Theory]
    [InlineData(3, false, "Fewer than 5 tasks need no orchestration.", "Dispatch them directly")]
    [InlineData(6, true, "6 of the 6 tasks form a chain", "do a chain as one task, or part it")]
    public async Task Where_many_agents_are_not_worth_it_that_is_said_and_what_to_do_instead(int tasks, bool isChain, string why, string instead)
    {
        var yaml = Tasks(tasks);
        for (var i = 2; isChain && i <= tasks; i++)
        {
            yaml = yaml.Replace($"id: t-{i},", $"id: t-{i}, after: [t-{i - 1}],", StringComparison.Ordinal);
        }

        await using var server = await StartAsync(Script(("attempts/plan/", Proposed(yaml))));

        var json = await PlanAsync();
        var text = await muster.RunAsync("plan", "--resume", "last", "--yes");

        var fanOut = json.GetProperty("fanOut");
        Assert.False(fanOut.GetProperty("isWorthIt").GetBoolean());
        Assert.Contains(why, fanOut.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Contains(instead, fanOut.GetProperty("instead").GetString(), StringComparison.Ordinal);
        Assert.Contains($"Many agents are not worth it here. {why}", text.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(muster.Home, "plan.yaml")));
    }

    /// <summary>Promise 9: what a model proposes can neither bring in a program nor tools, and its text reaches no terminal as it is.</summary>
    [Fact]
    public async Task A_hostile_proposal_gets_no_program_no_tool_and_no_place_outside_the_root()
    {
        string[] hostile =
        [
            Tasks(6).Replace("id: t-1,", "id: t-1, agent: command, command: [sh, -c, \"touch ../pwned\"],"),
            "agent: command\nroot: /\nlimits: { usd: 1000 }\nscript: /etc/passwd\n" + Tasks(6),
            Tasks(6).Replace("tools: [Read]", "tools: [Read, Bash, Write]").Replace("id: t-2,", "id: t-2, scope: [\"../../**\"],"),
        ];
        await using var server = await StartAsync(Script(("attempts/plan/", Proposed(hostile[0])), ("attempts/repair-1/", Proposed(hostile[1])), ("attempts/repair-2/", Proposed(hostile[2]))));

        var refused = await muster.RunAsync("plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("'agent' is not the planner's to set.", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("it leads out of the root", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(muster.Home, "plan.yaml")));
        Assert.False(File.Exists(Path.Combine(muster.Home, "pwned")));
        string[] repairs = [.. server.Requests.Where(r => r.Body.Contains("Mend the plan", StringComparison.Ordinal)).Select(JsonOf)];
        Assert.Contains(repairs, body => body.Contains("'command' is not the planner's to set.", StringComparison.Ordinal));
        Assert.Contains(repairs, body => body.Contains("'root' is not the planner's to set.", StringComparison.Ordinal) && body.Contains("'limits' is not", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_model_wrote_is_shown_and_kept_without_what_a_terminal_would_obey()
    {
        var yaml = Tasks(6).Replace("name: Part 1,", "name: \"\\e]0;owned\\a\\u202Epart one\",").Replace("task: Look at part 2", "task: \"Look\\u200B\\e[2J there\\n# goal: x\"");
        await using var server = await StartAsync(Script(("attempts/plan/", Proposed(yaml))));

        var planned = await muster.RunAsync("plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes");

        Assert.True(planned.ExitCode == 0, planned.Output + planned.Errors);
        var file = await File.ReadAllTextAsync(Path.Combine(muster.Home, "plan.yaml"), TestContext.Current.CancellationToken);
        Assert.All((string[])[planned.Output, planned.Errors, file], text => Assert.Equal(-1, text.AsSpan().IndexOfAny("\u001b\u0007\u202E\u200B")));
        Assert.Contains("task: \"Look there\\n# goal: x\"", file, StringComparison.Ordinal);
    }

    /// <summary>Fault 38: a planner that was killed with the engine goes on from its last answer; a plan that was made is not made again.</summary>
    [Fact]
    public async Task After_a_kill_the_planning_goes_on_and_nothing_is_paid_for_twice()
    {
        await using var server = await StartAsync(latency: TimeSpan.FromMilliseconds(400));
        using var first = muster.Start(MusterProcess.Program, "plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes");
        await MusterProcess.UntilAsync(() => server.Requests.Count >= 2);
        Assert.Equal(0, MusterProcess.Kill(first.Id, 9));
        await MusterProcess.EndAsync(first);

        var planned = await muster.RunAsync("plan", "--resume", "last");

        Assert.True(planned.ExitCode == 4, planned.Output + planned.Errors);
        Assert.Contains("nothing is written; 'muster plan --resume ", planned.Output, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 3, 4); // Three answers make the plan; the one that was under way may be asked again.
        var before = server.Requests.Count;
        Assert.Equal(0, (await muster.RunAsync("plan", "--resume", "last", "--yes", "-o", "made.yaml")).ExitCode);
        Assert.Equal(before, server.Requests.Count);
        Assert.True(File.Exists(Path.Combine(muster.Home, "made.yaml")));
    }

    [Fact]
    public async Task A_limit_pauses_the_planning_and_a_higher_one_lets_it_go_on()
    {
        await using var server = await StartAsync(Script(("attempts/plan/", Proposed("no: plan\n")), ("attempts/repair-1/", Proposed(Tasks(6)))));

        var paused = await muster.RunAsync("plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes", "--max-agents", "1");
        var planned = await muster.RunAsync("plan", "--resume", "last", "--max-agents", "4", "--yes");

        Assert.Equal(5, paused.ExitCode);
        Assert.Contains("The planning goes on with 'muster plan --resume ", paused.Errors, StringComparison.Ordinal);
        Assert.True(planned.ExitCode == 0, planned.Output + planned.Errors);
        Assert.Contains(", 1 repair: ", planned.Output, StringComparison.Ordinal);
    }

    /// <summary>The planner reads: the real CLIs, as ./test installs them, leave the tree as it was.</summary>
    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode")]
    [InlineData("gemini")]
    public async Task A_real_cli_plans_and_changes_nothing(string name)
    {
        await using var cli = await RealCli.StartAsync(name, """
            tasks:
              - match: attempts/plan/
                steps: [{tool: Write, input: {file_path: "{tree}/planted.txt", content: x}}, {tool: Read, input: {file_path: "{tree}/src/a.cs"}}, {write: "{file}"}, {text: "Done. Planned."}]
            """);

        var planned = await cli.Muster.RunAsync("plan", Goal, "--agent", name, "--root", "tree", "--yes");

        Assert.True(planned.ExitCode == 0, planned.Output + planned.Errors);
        Assert.Contains($"9 tasks in 3 domains, 0 coordinators, 2 waves, agent {name}", planned.Output, StringComparison.Ordinal);
        Assert.Empty(await cli.ChangesAsync());
    }

    [Fact]
    public async Task The_scripted_agent_plans_for_nothing()
    {
        Tree();
        var output = string.Concat(Proposed(Tasks(6)).Split('\n').Select(line => "    " + line + "\n"));
        muster.Write("script.yaml", $"plan:\n  output: |\n{output}");

        var planned = await muster.RunAsync("plan", Goal, "--agent", "scripted", "--script", "script.yaml", "--root", "tree", "--yes", "-o", "scripted.yaml");

        Assert.True(planned.ExitCode == 0, planned.Output + planned.Errors);
        Assert.Contains("0 repairs, no cost", planned.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await muster.RunAsync("run", "scripted.yaml")).ExitCode);
    }

    [Fact]
    public async Task What_cannot_end_well_is_refused_before_anything_is_spent()
    {
        await using var server = await StartAsync();
        muster.Write("plan.yaml", "mine");

        async Task RefuseAsync(string what, params string[] arguments)
        {
            var refused = await muster.RunAsync(["plan", .. arguments]);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(what, refused.Errors, StringComparison.Ordinal);
        }

        await RefuseAsync("plan.yaml exists already.", Goal, "--agent", "anthropic", "--root", "tree", "--yes");
        await RefuseAsync("lies in a directory that does not exist", Goal, "--agent", "anthropic", "-o", "no/where.yaml");
        await RefuseAsync("No agent is named that makes the plan.", Goal, "-o", "new.yaml");
        await RefuseAsync("The agent 'inspect' cannot plan.", Goal, "--agent", "inspect", "-o", "new.yaml");
        await RefuseAsync("There is no agent 'antropic'. Did you mean 'anthropic'?", Goal, "--agent", "antropic", "-o", "new.yaml");
        await RefuseAsync("There is no goal to plan for.", "--agent", "anthropic", "-o", "new.yaml");
        await RefuseAsync("There is no directory", Goal, "--agent", "anthropic", "--root", "nowhere", "-o", "new.yaml");
        await RefuseAsync("--resume and a goal do not go together.", Goal, "--resume", "last", "-o", "new.yaml");
        await RefuseAsync("so it could never be launched", Goal, "--agent", "anthropic", "--root", "tree", "-o", "new.yaml", "--max-tokens", "10");
        Assert.Empty(server.Requests);
        Assert.False(Directory.Exists(muster.Runs));
        Assert.Equal(0, (await muster.RunAsync("plan", Goal, "--agent", "anthropic", "--root", "tree", "--yes", "--force")).ExitCode);
        Assert.StartsWith("# Planned by agent anthropic in run ", await File.ReadAllTextAsync(Path.Combine(muster.Home, "plan.yaml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--agent", "scripted")).ExitCode);
        Assert.Equal(2, (await muster.RunAsync("plan", "--resume", "last", "-o", "new.yaml")).ExitCode);
    }

    private async Task<JsonElement> PlanAsync(params string[] more) => await muster.JsonAsync(["plan", Goal, "--agent", "anthropic", "--root", "tree", .. more]);

    private async Task<ModelServer> StartAsync(string? script = null, TimeSpan latency = default)
    {
        Tree();
        var server = await ModelServer.StartAsync(new() { Latency = latency, Script = script is null ? ModelScript.Empty : ModelScript.Parse(script) });
        muster.Variables["ANTHROPIC_BASE_URL"] = server.Address.ToString();
        muster.Variables["ANTHROPIC_API_KEY"] = "canary-key-5b0c8e11d2";
        return server;
    }

    private void Tree()
    {
        muster.Write("tree/README.md", "# A tree\n");
        muster.Write("tree/src/app.py", "x = 1\n");
    }

    /// <summary>The server's script: each planner looks at the tree if it may, writes this file, and says so.</summary>
    private static string Script(params (string Match, string File)[] tasks) => JsonSerializer.Serialize(new
    {
        tasks = tasks.Select(task => new
        {
            match = task.Match,
            steps = task.Match.Contains("repair", StringComparison.Ordinal)
                ? new object[] { new { write = task.File }, new { text = "Done. The plan is written." } }
                : [new { tool = "Glob", input = new { pattern = "*" } }, new { write = task.File }, new { text = "Done. The plan is written." }],
        }),
    });

    private static string Proposed(string yaml) => $"# Plan\n\n## Findings\n\n- none\n\n## Plan\n\n```yaml\n{yaml}```\n\n<!-- DONE -->\n";

    private static string Tasks(int count, string rest = "model: haiku, tools: [Read]") => "goal: x\ndomains:\n  - id: d\n    tasks:\n"
        + string.Concat(Enumerable.Range(1, count).Select(i => $"      - {{ id: t-{i}, name: Part {i}, task: Look at part {i}, {rest} }}\n"));

    /// <summary>A request's texts, as a model reads them.</summary>
    private static string JsonOf(RecordedRequest request) => request.Body.Replace("\\\"", "\"").Replace("\\n", "\n").Replace("\\u0027", "'").Replace("\\u0022", "\"");
}
