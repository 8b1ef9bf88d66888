using System.Text.RegularExpressions;
using Muster.Agents;
using Muster.Models;
using Muster.Runs;

namespace Muster.Tests.Agents.Batches;

/// <summary>Attempts without tools go through Message Batches: gathered, priced and classed.</summary>
public sealed class BatchAgentTests
{
    [Fact]
    public async Task Attempts_share_a_batch_and_each_gets_its_own_answer_whatever_the_order()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromMinutes(5));
        var tasks = Enumerable.Range(0, 12).Select(i => bench.TaskOf($"t{i}", new { text = $"# T{i}\n## Findings\n- none\n<!-- DONE -->\nDone. {i}." })).ToArray();

        var reports = await bench.RunAllAsync(tasks);

        var batch = Assert.Single(bench.Asked);
        var ids = batch.GetProperty("requests").EnumerateArray().Select(r => r.GetProperty("custom_id").GetString()!).ToList();
        Assert.Equal(12, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches(new Regex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, TimeSpan.FromSeconds(1)), id));
        for (var i = 0; i < tasks.Length; i++)
        {
            Assert.Equal(($"Done. {i}.", null), (BatchBench.Finished(reports[i]).ReturnLine, BatchBench.Finished(reports[i]).Failure));
            Assert.StartsWith($"# T{i}\n", await File.ReadAllTextAsync(tasks[i].OutputPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.DoesNotContain("Done. ", await File.ReadAllTextAsync(tasks[i].OutputPath, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_is_the_prompt_with_its_shared_beginning_apart_and_without_tools()
    {
        await using var bench = await BatchBench.StartAsync();

        await bench.RunAsync(bench.Good("t1"));

        var request = Assert.Single(bench.Asked[0].GetProperty("requests").EnumerateArray()).GetProperty("params");
        Assert.Equal(["model", "max_tokens", "system", "messages"], request.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("claude-haiku-4-5", "Shared words. "), (request.GetProperty("model").GetString(), request.GetProperty("system").GetString()));
        Assert.Contains("your last message is the whole content of your file", request.GetProperty("messages")[0].GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_took_is_told_at_the_price_of_batches()
    {
        await using var bench = await BatchBench.StartAsync();

        var reports = await bench.RunAsync(bench.TaskOf("t1", new { text = $"{BatchBench.File}Done.", usage = new { input = 10_000, output = 2_000 } }));

        var (full, used) = (ModelTable.BuiltIn.CostOf("claude-haiku-4-5", new(10_000, 2_000))!.Value, BatchBench.Used(reports)!.Value);
        Assert.Equal(new(10_000, 2_000, full / 2), used);
    }

    /// <summary>Each outcome in its class; what was not answered costs nothing.</summary>
    [Theory]
    [InlineData("""{"text":"x","batch":"expired"}""", FailureClass.Transient, "expired", 0)]
    [InlineData("""{"text":"x","batch":"errored"}""", FailureClass.Transient, "api_error", 0)]
    [InlineData("""{"text":"x","batch":"canceled"}""", FailureClass.Agent, "cancelled", 0)]
    [InlineData("""{"text":"x","fault":{"status":400}}""", FailureClass.Permanent, "invalid_request_error", 0)]
    [InlineData("""{"text":"x","fault":"prompt_too_long"}""", FailureClass.Agent, "prompt is too long", 0)]
    [InlineData("""{"text":"x","fault":"credit_balance"}""", FailureClass.Quota, "credit balance", 0)]
    [InlineData("""{"text":"half","stop":"max_tokens","usage":{"input":5,"output":7}}""", FailureClass.Agent, "cut at its limit", 12)]
    [InlineData("""{"text":"no","stop":"refusal","usage":{"input":5,"output":7}}""", FailureClass.Agent, "the model refused", 12)]
    public async Task Each_outcome_is_classed(string step, FailureClass kind, string words, long tokens)
    {
        await using var bench = await BatchBench.StartAsync();

        var reports = await bench.RunAsync(bench.TaskOf("t1", System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(step)));

        var failure = BatchBench.Finished(reports).Failure!;
        Assert.Equal((kind, tokens), (failure.Class, BatchBench.Used(reports)!.Value.Tokens));
        Assert.Contains(words, failure.Reason, StringComparison.Ordinal);
        Assert.NotNull(BatchBench.Used(reports)!.Value.Usd);
    }

    [Fact]
    public async Task An_answer_without_the_last_line_is_kept_for_the_judge()
    {
        await using var bench = await BatchBench.StartAsync();
        var task = bench.TaskOf("t1", new { text = "I looked, and all is well." });

        var finished = BatchBench.Finished(await bench.RunAsync(task));

        Assert.Null(finished.Failure);
        Assert.Equal("I looked, and all is well.", await File.ReadAllTextAsync(task.OutputPath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_files_of_the_scope_stand_in_the_prompt_fenced_and_numbered_and_no_others_of_their_name()
    {
        await using var bench = await BatchBench.StartAsync();
        bench.Write("tree/a.py", "first\nsecond: <<<0123 not a mark\n");
        bench.Write("tree/lib/a.py", "another of that name\n");
        bench.Write("tree/lib/b.py", "third\n");
        bench.Write("tree/lib/c.bin", "\0\0");

        await bench.RunAsync(bench.Good("t1", "a.py", "lib/[bc].*"));

        var content = bench.Asked[0].GetProperty("requests")[0].GetProperty("params").GetProperty("messages")[0].GetProperty("content").GetString()!;
        var marked = Regex.Match(content, "<<<(?<mark>[0-9a-f]{32}) a\\.py, sha256 [0-9a-f]{64}\n1\tfirst\n2\tsecond: <<<0123 not a mark\n\\k<mark>>>>\n", RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.True(marked.Success, content);
        Assert.Contains($"<<<{marked.Groups["mark"].Value} lib/b.py, sha256 ", content, StringComparison.Ordinal);
        Assert.DoesNotContain("another of that name", content, StringComparison.Ordinal);
        Assert.Contains("Not shown, since they are no text: lib/c.bin", content, StringComparison.Ordinal);
    }

    /// <summary>Fault 80: nothing is cut in silence, and nothing is sent.</summary>
    [Theory]
    [InlineData("big.txt", "longer than the 5,000 characters")]
    [InlineData("two/*.txt", "longer than the 5,000 characters")]
    [InlineData("gone.txt", "No text was found in the scope of 't1', which is gone.txt")]
    public async Task A_scope_that_does_not_fit_or_is_not_there_fails_before_anything_is_sent(string scope, string words)
    {
        await using var bench = await BatchBench.StartAsync(options: new() { MostContent = 5_000 });
        bench.Write("tree/big.txt", new('x', 5_001));
        bench.Write("tree/two/a.txt", new('x', 3_000));
        bench.Write("tree/two/b.txt", new('x', 3_000));

        var reports = await bench.RunAsync(bench.Good("t1", scope));

        Assert.Equal((FailureClass.Agent, Usage.None), (BatchBench.Finished(reports).Failure!.Class, BatchBench.Used(reports)!.Value));
        Assert.Contains(words, BatchBench.Finished(reports).Failure!.Reason, StringComparison.Ordinal);
        Assert.Empty(bench.Server.Requests);
    }

    [Fact]
    public async Task A_batch_is_no_larger_than_the_interface_takes()
    {
        await using var bench = await BatchBench.StartAsync(options: new() { MostRequests = 2 });

        await bench.RunAllAsync([.. Enumerable.Range(0, 5).Select(i => bench.Good($"t{i}"))]);

        Assert.Equal([1, 2, 2], bench.Asked.Select(batch => batch.GetProperty("requests").GetArrayLength()).Order());
    }

    [Fact]
    public async Task A_batch_has_no_more_bytes_than_the_interface_takes()
    {
        await using var bench = await BatchBench.StartAsync(options: new() { MostBytes = 3_000 });

        await bench.RunAllAsync([.. Enumerable.Range(0, 8).Select(i => bench.Good($"t{i}"))]);

        var sizes = bench.Server.Requests.Where(r => r.Method == "POST").Select(r => r.Body.Length).ToList();
        Assert.True(sizes.Count > 1);
        Assert.All(sizes, size => Assert.InRange(size, 1, 3_000 + 20));
    }

    [Fact]
    public async Task Without_a_key_nothing_is_sent_and_the_agent_is_stopped()
    {
        await using var bench = await BatchBench.StartAsync();
        bench.Key = null;

        var failure = BatchBench.Finished(await bench.RunAsync(bench.Good("t1"))).Failure!;

        Assert.Equal(FailureClass.Permanent, failure.Class);
        Assert.Contains("ANTHROPIC_API_KEY", failure.Reason, StringComparison.Ordinal);
        Assert.Empty(bench.Server.Requests);
    }

    /// <summary>Fault 3: the provider is busy; it certainly has no batch, so it is asked again.</summary>
    [Fact]
    public async Task A_busy_provider_is_asked_again()
    {
        await using var bench = await BatchBench.StartAsync("batches: [{fault: overloaded}, {fault: {status: 503}}]");

        var reports = await bench.RunAllAsync(bench.Good("t1"), bench.Good("t2"));

        Assert.All(reports, r => Assert.Null(BatchBench.Finished(r).Failure));
        Assert.Equal(3, bench.Asked.Count);
        Assert.Single(await MadeAsync(bench));
    }

    /// <summary>Faults 1, 2, 5: what the provider refuses altogether is classed as for any agent, and costs nothing.</summary>
    [Theory]
    [InlineData("spend_limit", FailureClass.Quota)]
    [InlineData("{status: 413}", FailureClass.Permanent)]
    public async Task A_batch_that_is_refused_fails_its_attempts_in_their_class(string fault, FailureClass kind)
    {
        await using var bench = await BatchBench.StartAsync($"batches: [{{fault: {fault}}}]");

        var reports = await bench.RunAllAsync(bench.Good("t1"), bench.Good("t2"));

        Assert.All(reports, r => Assert.Equal((kind, Usage.None), (BatchBench.Finished(r).Failure!.Class, BatchBench.Used(r)!.Value)));
        Assert.Single(bench.Asked);
    }

    [Fact]
    public async Task A_batch_that_nobody_waits_for_is_cancelled_at_the_provider_and_no_other()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromHours(2));
        using var one = new CancellationTokenSource();
        using var other = new CancellationTokenSource();
        var first = bench.Agent.RunAsync(bench.Good("t1"), one.Token).ToListAsync(CancellationToken.None).AsTask();
        var second = bench.Agent.RunAsync(bench.Good("t2"), other.Token).ToListAsync(CancellationToken.None).AsTask();
        await UntilAsync(bench, () => bench.Server.Requests.Any(r => r.Method == "GET"));

        await one.CancelAsync();
        await Task.WhenAny(first);
        Assert.True(first.IsCanceled);
        Assert.DoesNotContain(bench.Server.Requests, r => r.Path.EndsWith("/cancel", StringComparison.Ordinal));

        await other.CancelAsync();
        await Task.WhenAny(second);
        Assert.True(second.IsCanceled);
        Assert.Single(bench.Server.Requests, r => r.Path.EndsWith("/cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_wait_is_told_as_progress()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromMinutes(4));

        Assert.NotEmpty((await bench.RunAsync(bench.Good("t1"))).OfType<AgentReport.Progress>());
    }

    internal static async Task UntilAsync(BatchBench bench, Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromSeconds(0.6), bench.Time, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The batches that the account has.</summary>
    internal static async Task<List<string>> MadeAsync(BatchBench bench)
    {
        using var client = new HttpClient { BaseAddress = bench.Server.Address };
        client.DefaultRequestHeaders.Add("x-api-key", "key");
        using var list = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/v1/messages/batches?limit=100", TestContext.Current.CancellationToken));
        return [.. list.RootElement.GetProperty("data").EnumerateArray().Select(batch => batch.GetProperty("id").GetString()!)];
    }
}
