using System.Text.Json;
using Muster.Artefacts;
using Muster.Models;
using Muster.Runs;

namespace Muster.Tests.Agents.Chat;

/// <summary>The conversation: tools, turns, stop reasons, money.</summary>
public sealed class ChatLoopTests
{
    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task The_model_gets_what_its_tools_return_and_its_last_words_are_the_return_line(string name)
    {
        await using var bench = await ChatBench.StartAsync(name);
        bench.File("tree/a.py", "first\n");
        bench.File("tree/b.py", "second\n");
        var task = bench.TaskOf(
            "t1",
            new { text = "I look.", tools = new[] { ChatBench.Read("a.py"), ChatBench.Read("missing.py"), ChatBench.Read("b.py") } },
            ChatBench.Write,
            ChatBench.Say("All is well.\nDone. Read two files.\n"));

        var reports = await bench.RunAsync(task);

        Assert.Equal(("Done. Read two files.", null, 2), (ChatBench.Finished(reports).ReturnLine, ChatBench.Finished(reports).Failure, ChatBench.Finished(reports).ToolCalls));
        Assert.IsType<Verdict.Verified>(Verifier.Verify(task.Directory, new()));
        Assert.Equal(3, bench.Server.Requests.Count);
        var results = bench.Body(1).GetProperty("messages").ToString();
        Assert.Contains("1\\tfirst\\n", results, StringComparison.Ordinal);
        Assert.Contains("1\\tsecond\\n", results, StringComparison.Ordinal);
        Assert.Contains("Error: missing.py cannot be read: it is not there.", results, StringComparison.Ordinal);
        Assert.Equal(["begin", "response", "results", "response", "results", "response", "end"], bench.Transcript(task).Select(e => e.Kind));
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task Usage_counts_the_cache_and_the_cost_is_the_tables(string name)
    {
        await using var bench = await ChatBench.StartAsync(name);
        var usage = new { input = 100, output = 10, cache_read = 1_000, cache_write = name == "anthropic" ? 200 : 0 };
        var task = bench.TaskOf("t1", new { tool = "Glob", input = new { pattern = "*" }, usage }, new { text = "Done. X.", usage });

        var used = ChatBench.Used(await bench.RunAsync(task));

        var model = ModelTable.BuiltIn.ModelOf(name, "haiku");
        var each = new ModelTokens(100, 10, 1_000, usage.cache_write);
        Assert.Equal(new Usage(2 * (1_100 + usage.cache_write), 20, 2 * ModelTable.BuiltIn.CostOf(model, each)), used);
        Assert.True(used.Usd > 0);
    }

    /// <summary>Writing its own file is no look at anything: an agent that was given tools and only wrote is not believed.</summary>
    /// <summary>A file is written in one call, which no other can go on with; a report is short.</summary>
    [Theory]
    [InlineData(Role.Worker, 16_000)]
    [InlineData(Role.Qc, 16_000)]
    [InlineData(Role.Builder, 64_000)]
    [InlineData(Role.Architect, 64_000)]
    public async Task Who_writes_files_may_write_more_in_one_answer(Role role, int most)
    {
        await using var bench = await ChatBench.StartAsync("anthropic");

        await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Write, ChatBench.Say("Done. X.")) with { Role = role });

        Assert.Equal(most, bench.Body(0).GetProperty("max_tokens").GetInt32());
    }

    [Fact]
    public async Task Only_calls_of_the_tasks_own_tools_that_worked_are_counted()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");

        Assert.Equal(0, (await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Write, ChatBench.Say("Done. X.")))).ToolCalls);
        Assert.Equal(0, (await bench.FinishedAsync(bench.TaskOf("t2", ChatBench.Read("missing"), ChatBench.Write, ChatBench.Say("Done. X.")))).ToolCalls);
        Assert.Equal(1, (await bench.FinishedAsync(bench.TaskOf("t3", ChatBench.Glob, ChatBench.Write, ChatBench.Say("Done. X.")))).ToolCalls);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task A_response_that_is_cut_at_its_limit_goes_on_once(string name)
    {
        await using var bench = await ChatBench.StartAsync(name);

        var once = await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Glob, new { text = "Half a", stop = "max_tokens" }, ChatBench.Write, ChatBench.Say("Done. X.")));
        var twice = await bench.FinishedAsync(bench.TaskOf("t2", new { text = "Half a", stop = "max_tokens" }, new { text = "Half b", stop = "max_tokens" }, ChatBench.Say("Done. X.")));

        Assert.Null(once.Failure);
        Assert.Equal((FailureClass.Agent, "two responses in a row were cut at their limit of tokens"), (twice.Failure!.Class, twice.Failure.Reason));
        Assert.Contains("cut at its limit", bench.Body(2).GetProperty("messages").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_whose_arguments_were_cut_is_told_and_can_be_made_again()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        var task = bench.TaskOf("t1", ChatBench.Glob, new { tool = "Write", input = new { file_path = "$OUT", content = "half" }, stop = "max_tokens" }, ChatBench.Write, ChatBench.Say("Done. X."));

        Assert.Null((await bench.FinishedAsync(task)).Failure);
        Assert.IsType<Verdict.Verified>(Verifier.Verify(task.Directory, new()));
    }

    [Theory]
    [InlineData("anthropic", "refusal", "the model refused: ")]
    [InlineData("anthropic", "model_context_window_exceeded", "longer than the model's window")]
    [InlineData("openai", "content_filter", "filter")]
    [InlineData("openai", "refusal", "the model refused: Done. X.")] // Its words are the refusal.
    public async Task A_response_that_ends_badly_is_the_attempts_failure(string name, string stop, string reason)
    {
        await using var bench = await ChatBench.StartAsync(name);

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Glob, ChatBench.Write, new { text = "Done. X.", stop }));

        Assert.Equal(FailureClass.Agent, finished.Failure!.Class);
        Assert.Contains(reason, finished.Failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pause_of_the_provider_goes_on()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Glob, new { text = "Wait.", stop = "pause_turn" }, ChatBench.Say("Done. X.")));

        Assert.Equal(("Done. X.", null), (finished.ReturnLine, finished.Failure));
    }

    [Fact]
    public async Task A_conversation_without_end_ends()
    {
        await using var bench = await ChatBench.StartAsync("anthropic", limits: new() { MostTurns = 5 });

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", [.. Enumerable.Repeat(ChatBench.Glob, 20)]));

        Assert.Equal("it came to no end in 5 turns", finished.Failure!.Reason);
        Assert.Equal(5, bench.Server.Requests.Count);
    }

    [Fact]
    public async Task Thoughts_go_back_as_they_came()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");

        await bench.FinishedAsync(bench.TaskOf("t1", new { thinking = "I should look.", tool = "Glob", input = new { pattern = "*" } }, ChatBench.Say("Done. X.")));

        var thought = bench.Body(1).GetProperty("messages")[1].GetProperty("content")[0];
        Assert.Equal(("thinking", "I should look."), (thought.GetProperty("type").GetString(), thought.GetProperty("thinking").GetString()));
        Assert.NotEmpty(thought.GetProperty("signature").GetString()!);
    }

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task A_conversation_that_nearly_fills_the_window_loses_its_oldest_results_and_not_its_prompt(string name)
    {
        await using var bench = await ChatBench.StartAsync(name);
        bench.File("tree/long.txt", string.Concat(Enumerable.Range(0, 600).Select(n => $"{n} {new string('x', 40)}\n")));
        var task = bench.TaskOf("t1", [.. Enumerable.Repeat(ChatBench.Read("long.txt"), 14), ChatBench.Write, ChatBench.Say("Done. X.")]) with { Model = "a-model-of-nobody" };

        Assert.Null((await bench.FinishedAsync(task)).Failure);

        var last = bench.Server.Requests.Last().Body;
        Assert.Contains("[cut: 29,", last, StringComparison.Ordinal);
        Assert.Contains("characters of Read(long.txt)]", last, StringComparison.Ordinal);
        Assert.Contains("Shared words. ", last, StringComparison.Ordinal);
        Assert.All(bench.Server.Requests, request => Assert.InRange(request.Body.Length, 0, 128_000 * 3));
    }

    /// <summary>The provider counts better than we do.</summary>
    [Fact]
    public async Task What_the_provider_finds_too_long_is_cut_and_sent_once_more()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        bench.File("tree/long.txt", new string('x', 1_900));
        var task = bench.TaskOf(
            "t1", ChatBench.Read("long.txt"), ChatBench.Read("long.txt"),
            new { tool = "Write", input = new { file_path = "$OUT", content = "# T\n## Findings\n- none\n<!-- DONE -->\n" }, errors = new[] { "prompt_too_long" } },
            ChatBench.Say("Done. X."));

        Assert.Null((await bench.FinishedAsync(task)).Failure);
        Assert.Contains("characters of Read(long.txt)]", bench.Server.Requests.Last().Body, StringComparison.Ordinal);
    }

    /// <summary>The same bytes first for every task of a group, or nothing of it is read from the cache.</summary>
    [Fact]
    public async Task Requests_of_different_tasks_begin_with_the_same_bytes_and_the_first_goes_alone()
    {
        await using var bench = await ChatBench.StartAsync("anthropic", new() { Latency = TimeSpan.FromMilliseconds(100) });
        var shared = string.Concat(Enumerable.Repeat("The same words for every task of this role. ", 100));
        var tasks = Enumerable.Range(0, 8).Select(i => bench.TaskOf($"t{i}", ChatBench.Glob, ChatBench.Write, ChatBench.Say("Done. X."))).Select(task => task with
        {
            Prompt = shared + task.Prompt,
            SharedLength = shared.Length,
        }).ToList();
        tasks.ForEach(task => System.IO.File.WriteAllText(Path.Combine(task.Directory, "prompt.md"), task.Prompt));

        var all = await Task.WhenAll(tasks.Select(bench.RunAsync));

        Assert.All(all, reports => Assert.Null(ChatBench.Finished(reports).Failure));
        var bodies = bench.Server.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement).ToList();
        Assert.Single(bodies.Select(b => b.GetProperty("tools").GetRawText() + b.GetProperty("system").GetRawText()).Distinct(StringComparer.Ordinal));
        Assert.Contains("cache_control", bodies[0].GetProperty("system").GetRawText(), StringComparison.Ordinal);
        var firsts = tasks.Select(task => bench.Transcript(task).First(e => e.Kind == "response").Tokens!.Value).ToList();
        Assert.Single(firsts, tokens => tokens.CacheRead == 0);
        Assert.Equal(7, firsts.Count(tokens => tokens.CacheRead > 1_000));
        Assert.All(tasks, task => Assert.True(bench.Transcript(task).Last(e => e.Kind == "response").Tokens!.Value.CacheRead > 1_000));
    }

    [Fact]
    public async Task A_coordinator_is_offered_nothing_but_its_files()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        var input = bench.File("run/workers/sec-1.md", "# T\n## Findings\n- none\n<!-- DONE -->\n");
        var task = bench.TaskOf("security", ChatBench.Read(input), new { tool = "Bash", input = new { command = "id" } }, ChatBench.Write, ChatBench.Say("1 of 1 workers verified.\nNothing else.")) with
        {
            Role = Role.Coordinator,
            Spec = null,
            Inputs = [new("sec-1", input, "00")],
        };

        var finished = await bench.FinishedAsync(task);

        Assert.Equal(("1 of 1 workers verified.\nNothing else.", null), (finished.ReturnLine, finished.Failure));
        Assert.Equal(["Read", "Write"], bench.Body(0).GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()));
        Assert.Contains("There is no tool 'Bash'", bench.Body(2).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic", "ANTHROPIC_API_KEY")]
    [InlineData("openai", null)]
    public async Task Without_a_key_nothing_is_asked_unless_the_server_is_ones_own(string name, string? variable)
    {
        await using var bench = await ChatBench.StartAsync(name, key: null);

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Write, ChatBench.Say("Done. X.")));

        Assert.Equal(variable is null ? null : FailureClass.Permanent, finished.Failure?.Class);
        Assert.Contains(variable ?? string.Empty, finished.Failure?.Reason ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(variable is null, bench.Server.Requests.Count > 0);
    }

    /// <summary>Security: the key is in the request's head and nowhere else.</summary>
    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task The_key_is_written_nowhere(string name)
    {
        await using var bench = await ChatBench.StartAsync(name);
        bench.File("tree/.env", $"KEY={ChatBench.Key}\n");
        var task = bench.TaskOf(
            "t1", ChatBench.Read(".env"), new { tool = "Bash", input = new { command = "env; cat /proc/*/environ" } },
            new { text = $"Done. {ChatBench.Key}", errors = new[] { new { status = 500, message = $"no {ChatBench.Key}" } } }) is var t
            ? t with { Spec = t.Spec! with { Tools = ["Read", "Bash"] } } : null!;

        await bench.RunAsync(task);

        Assert.NotEmpty(bench.Server.Requests);
        foreach (var file in Directory.GetFiles(bench.Run, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "prompt.md"))
        {
            Assert.DoesNotContain(ChatBench.Key, await System.IO.File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(bench.Server.Requests.Skip(2).Take(1), request => request.Body.Contains($"API_KEY={ChatBench.Key}", StringComparison.Ordinal));
    }
}
