using Muster.Agents;
using Muster.Agents.Chat;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Chat;

/// <summary>What was paid for is not paid for again: an attempt goes on after its engine was killed.</summary>
public sealed class ChatResumeTests
{
    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task An_attempt_goes_on_from_its_last_turn_and_its_spend_is_carried_on(string name)
    {
        await using var bench = await ChatBench.StartAsync(name);
        bench.File("tree/a.py", "first\n");
        object[] steps = [ChatBench.Read("a.py"), ChatBench.Glob, ChatBench.Read("a.py"), ChatBench.Write, ChatBench.Say("Done. X.")];
        var whole = await bench.RunAsync(bench.TaskOf("whole", steps));
        for (var turns = 1; turns < steps.Length; turns++)
        {
            var task = bench.TaskOf($"part{turns}", steps);
            await KillAfterAsync(bench, task, turns);
            var before = bench.Server.Requests.Count;
            Assert.Equal(turns, bench.Transcript(task).Count(e => e.Kind == "response"));

            using var next = bench.NewAgent();
            Assert.True(next.HasBegun(task.Directory));
            var reports = await next.AdoptAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

            var finished = ChatBench.Finished(reports);
            Assert.Equal(("Done. X.", null, 3), (finished.ReturnLine, finished.Failure, finished.ToolCalls));
            Assert.Equal(steps.Length - turns, bench.Server.Requests.Count - before); // No turn is asked for twice.
            Assert.Equal(ChatBench.Used(whole).OutputTokens, ChatBench.Used(reports).OutputTokens);
            Assert.NotNull(ChatBench.Used(reports).Usd);
            Assert.IsType<Verdict.Verified>(Verifier.Verify(task.Directory, new()));
        }
    }

    [Fact]
    public async Task An_attempt_that_had_ended_is_not_asked_again()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        var task = bench.TaskOf("t1", ChatBench.Glob, ChatBench.Write, ChatBench.Say("Done. X."));
        var before = await bench.RunAsync(task);

        using var next = bench.NewAgent();
        var after = await next.AdoptAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(ChatBench.Finished(before), ChatBench.Finished(after));
        Assert.Equal(ChatBench.Used(before), ChatBench.Used(after));
        Assert.Equal(3, bench.Server.Requests.Count);
    }

    /// <summary>Fault 36: killed between the intent and the first request.</summary>
    [Fact]
    public async Task An_attempt_that_had_not_begun_begins()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        var task = bench.TaskOf("t1", ChatBench.Glob, ChatBench.Write, ChatBench.Say("Done. X."));
        Assert.False(bench.Agent.HasBegun(task.Directory));

        var reports = await bench.Agent.AdoptAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Null(ChatBench.Finished(reports).Failure);
    }

    /// <summary>A command that was under way may have done its work: it is not simply done again.</summary>
    [Fact]
    public async Task A_call_with_an_effect_that_was_under_way_is_told_and_not_repeated()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        var task = bench.TaskOf(
            "t1", ChatBench.Write, new { tools = new object[] { ChatBench.Glob, new { tool = "Edit", input = new { file_path = "$OUT", old_string = "none", new_string = "x: y" } } } }, ChatBench.Say("Done. X."));
        await KillAfterAsync(bench, task, 2);
        await File.WriteAllTextAsync(task.OutputPath, "- none\n", TestContext.Current.CancellationToken);

        using var next = bench.NewAgent();
        await next.AdoptAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var last = bench.Server.Requests.Last().Body;
        Assert.Contains("It may have run, in part", last, StringComparison.Ordinal);
        Assert.Contains("no file matches", last, StringComparison.Ordinal);
        Assert.Contains("- none", await File.ReadAllTextAsync(task.OutputPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_was_changed_meanwhile_loses_the_attempt()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        var task = bench.TaskOf("t1", ChatBench.Glob, ChatBench.Write, ChatBench.Say("Done. X."));
        await KillAfterAsync(bench, task, 1);
        await File.AppendAllTextAsync(Path.Combine(task.Directory, "prompt.md"), "And more.", TestContext.Current.CancellationToken);

        using var next = bench.NewAgent();

        await Assert.ThrowsAsync<AttemptLostException>(async () => await next.AdoptAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stopping_an_attempt_ends_its_request_and_its_stream()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");
        using var stop = new CancellationTokenSource();
        var task = bench.TaskOf("t1", ChatBench.Glob, new { text = "Done.", hang = true });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var report in bench.Agent.RunAsync(task, stop.Token))
            {
                if (report is AgentReport.Used { Usage.OutputTokens: > 0 })
                {
                    await stop.CancelAsync();
                }
            }
        });
    }

    /// <summary>As a kill leaves it: what was written stands, nothing is written after it.</summary>
    private static async Task KillAfterAsync(ChatBench bench, AgentTask task, int turns)
    {
        await bench.RunAsync(task);
        var path = Path.Combine(task.Directory, Transcript.FileName);
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        var last = lines.Index().Where(line => line.Item.Contains("\"kind\":\"response\"", StringComparison.Ordinal)).ElementAt(turns - 1).Index;
        await File.WriteAllLinesAsync(path, lines.Take(last + 1), TestContext.Current.CancellationToken);
        File.Delete(task.OutputPath);
    }
}
