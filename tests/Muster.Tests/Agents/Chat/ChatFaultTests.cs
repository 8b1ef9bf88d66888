using Muster.Agents;
using Muster.Loopback.Scripting;
using Muster.Runs;

namespace Muster.Tests.Agents.Chat;

/// <summary>Faults 1 to 8: what providers and lines do wrong, as the real protocols show it.</summary>
public sealed class ChatFaultTests
{
    public static TheoryData<string, string> BothWith(params string[] faults)
    {
        var data = new TheoryData<string, string>();
        foreach (var fault in faults)
        {
            data.Add("anthropic", fault);
            data.Add("openai", fault);
        }

        return data;
    }

    public static TheoryData<string, string> Refusals => BothWith("rate_limit", "rate_limit_without_retry_after", "overloaded", "500", "502", "503", "504");

    public static TheoryData<string, string> Breaks => BothWith("cut", "cut_in_character", "truncated", "empty", "sse_error", "drop");

    public static TheoryData<string, string> Permanents => BothWith("400", "401", "403", "404", "413");

    public static TheoryData<string, string> Quotas => BothWith("402", "spend_limit", "own_spend_limit", "credit_balance", "insufficient_quota");

    /// <summary>Faults 1, 3 and 4: a provider that is busy for a moment costs neither the attempt nor a retry.</summary>
    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_busy_provider_is_asked_again_inside_the_attempt(string name, string fault)
    {
        await using var bench = await ChatBench.StartAsync(name, speed: 50);
        var task = bench.TaskOf("t1", Failing(ChatBench.Glob, fault, fault), ChatBench.Write, ChatBench.Say("Done. X."));

        var reports = await bench.RunAsync(task);

        Assert.Null(ChatBench.Finished(reports).Failure);
        Assert.Equal(5, bench.Server.Requests.Count);
        Assert.NotNull(ChatBench.Used(reports).Usd); // A refusal costs nothing.
        Assert.Contains(reports.OfType<AgentReport.Progress>(), progress => progress.What?.Contains("trying again", StringComparison.Ordinal) is true);
    }

    /// <summary>Fault 1: it waits as long as it is asked to.</summary>
    [Fact]
    public async Task Retry_after_is_obeyed()
    {
        await using var bench = await ChatBench.StartAsync("anthropic", speed: 50);
        var task = bench.TaskOf("t1", ChatBench.Glob, Failing(ChatBench.Write, new { status = 429, headers = new Dictionary<string, string> { ["retry-after"] = "40" } }), ChatBench.Say("Done. X."));
        var before = bench.Time.GetTimestamp();

        Assert.Null((await bench.FinishedAsync(task)).Failure);

        Assert.InRange(bench.Time.GetElapsedTime(before), TimeSpan.FromSeconds(40), TimeSpan.FromMinutes(30));
    }

    /// <summary>Fault 1: an attempt that has paid for nothing does not keep its place for minutes.</summary>
    [Fact]
    public async Task A_long_wait_at_the_beginning_is_left_to_the_run()
    {
        await using var bench = await ChatBench.StartAsync("anthropic");

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", Failing(ChatBench.Glob, new { status = 429, headers = new Dictionary<string, string> { ["retry-after"] = "300" } })));

        Assert.Equal((FailureClass.Transient, TimeSpan.FromSeconds(300)), (finished.Failure!.Class, finished.Failure.RetryAfter));
        var next = await bench.FinishedAsync(bench.TaskOf("t2", ChatBench.Glob));
        Assert.Equal(FailureClass.Transient, next.Failure!.Class);
        Assert.InRange(next.Failure.RetryAfter!.Value, TimeSpan.FromSeconds(290), TimeSpan.FromSeconds(300));
        Assert.Single(bench.Server.Requests); // The credential is shared, and so is what the provider said to it.
    }

    /// <summary>Fault 4.</summary>
    [Fact]
    public async Task A_provider_that_stays_broken_fails_the_attempt_as_transient()
    {
        await using var bench = await ChatBench.StartAsync("openai", speed: 50);

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", Failing(ChatBench.Glob, [.. Enumerable.Repeat<object>("500", 20)])));

        Assert.Equal(FailureClass.Transient, finished.Failure!.Class);
        Assert.Equal(bench.Options.MostTries, bench.Server.Requests.Count);
    }

    /// <summary>Fault 5.</summary>
    [Theory]
    [MemberData(nameof(Permanents))]
    public async Task A_refused_request_is_not_sent_again(string name, string status)
    {
        await using var bench = await ChatBench.StartAsync(name);

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", Failing(ChatBench.Glob, status)));

        Assert.Equal(FailureClass.Permanent, finished.Failure!.Class);
        Assert.Contains(status, finished.Failure.Reason, StringComparison.Ordinal);
        Assert.Single(bench.Server.Requests);
    }

    /// <summary>Fault 2: a limit of money is no limit of speed.</summary>
    [Theory]
    [MemberData(nameof(Quotas))]
    public async Task A_quota_is_told_as_one_and_not_asked_again(string name, string fault)
    {
        await using var bench = await ChatBench.StartAsync(name);

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", Failing(ChatBench.Glob, fault)));

        Assert.Equal(FailureClass.Quota, finished.Failure!.Class);
        Assert.Single(bench.Server.Requests);
        Assert.Equal(fault == "own_spend_limit", finished.Failure.RetryAfter is not null);
    }

    /// <summary>Faults 6 and 7: what is not whole is not believed, its tools are not run, and its cost is unknown, not zero.</summary>
    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_response_that_breaks_off_is_sent_for_once_more_and_its_cost_is_unknown(string name, string fault)
    {
        await using var bench = await ChatBench.StartAsync(name, speed: 50);
        var task = bench.TaskOf("t1", ChatBench.Glob, ChatBench.Write, Failing(ChatBench.Say("Done. Ünd ein langer Satz mit Größe, der in der Mitte abreißt."), fault));

        var reports = await bench.RunAsync(task);

        Assert.StartsWith("Done. Ünd", ChatBench.Finished(reports).ReturnLine, StringComparison.Ordinal);
        Assert.Null(ChatBench.Finished(reports).Failure);
        Assert.Null(ChatBench.Used(reports).Usd);
        Assert.Equal(4, bench.Server.Requests.Count);
        Assert.Single(bench.Transcript(task), entry => entry.Kind == "broken");
    }

    /// <summary>Fault 7: the second time it is left to the run; nothing of either is accepted.</summary>
    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_response_that_breaks_off_twice_fails_the_attempt_and_its_calls_are_not_made(string name, string fault)
    {
        await using var bench = await ChatBench.StartAsync(name, speed: 50);
        var task = bench.TaskOf("t1", Failing(ChatBench.Write, fault, fault, fault));

        var finished = await bench.FinishedAsync(task);

        Assert.Equal(FailureClass.Transient, finished.Failure!.Class);
        Assert.False(File.Exists(task.OutputPath));
        Assert.Equal(2, bench.Server.Requests.Count);
    }

    [Fact]
    public async Task What_there_was_of_a_broken_response_is_kept()
    {
        await using var bench = await ChatBench.StartAsync("anthropic", speed: 50);
        var task = bench.TaskOf("t1", Failing(ChatBench.Say(string.Concat(Enumerable.Repeat("A sentence of some length. ", 400))), "truncated")); // A line that is cut may take bytes with it.

        await bench.RunAsync(task);

        var broken = bench.Transcript(task).Single(entry => entry.Kind == "broken");
        Assert.StartsWith("A sentence", broken.Message!.Text, StringComparison.Ordinal);
        Assert.NotEmpty(broken.Reason!);
    }

    /// <summary>Fault 8: silence is measured apart from the time in all.</summary>
    [Theory]
    [InlineData("anthropic", "hang")]
    [InlineData("anthropic", "hang_in_stream")]
    [InlineData("openai", "hang_in_stream")]
    public async Task A_silent_response_is_given_up_and_asked_for_again(string name, string fault)
    {
        await using var bench = await ChatBench.StartAsync(name, limits: new() { StreamIdle = TimeSpan.FromSeconds(60) }, speed: 60);
        var task = bench.TaskOf("t1", ChatBench.Glob, Failing(ChatBench.Write, fault), ChatBench.Say("Done. X."));

        var finished = await bench.FinishedAsync(task);

        Assert.Null(finished.Failure);
        Assert.Contains("silent for 60 s", bench.Transcript(task).Single(entry => entry.Kind == "broken").Reason, StringComparison.Ordinal);
    }

    /// <summary>Fault 8: a long pause that ends in time is none.</summary>
    [Fact]
    public async Task A_response_that_pauses_and_goes_on_is_waited_for()
    {
        await using var bench = await ChatBench.StartAsync("anthropic", limits: new() { StreamIdle = TimeSpan.FromSeconds(300) }, speed: 60);

        var finished = await bench.FinishedAsync(bench.TaskOf("t1", ChatBench.Glob, new { text = "Done. X.", silent_ms = 1_000 }));

        Assert.Equal(("Done. X.", null), (finished.ReturnLine, finished.Failure));
    }

    /// <summary>Fault 3: in a storm few requests are sent, and afterwards all attempts come through.</summary>
    [Fact]
    public async Task A_storm_of_529_is_sat_out_together()
    {
        await using var bench = await ChatBench.StartAsync("anthropic", limits: new() { FirstPatience = TimeSpan.FromMinutes(20), MostTries = 50 }, speed: 50);
        bench.Server.Begin(new(NamedFaults.Find("overloaded")!, null, TimeSpan.FromSeconds(2)));

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => bench.FinishedAsync(bench.TaskOf($"t{i}", ChatBench.Glob, ChatBench.Write, ChatBench.Say("Done. X.")))));

        Assert.All(all, finished => Assert.Null(finished.Failure));
        Assert.InRange(bench.Server.Requests.Count - 60, 3, 60); // Without the breaker each attempt would have tried some ten times.
    }

    private static System.Text.Json.Nodes.JsonObject Failing(object step, params object[] errors)
    {
        var json = System.Text.Json.JsonSerializer.SerializeToNode(step)!.AsObject();
        json["errors"] = System.Text.Json.JsonSerializer.SerializeToNode(errors.Select(e => e is string text && int.TryParse(text, out var status) ? new { status } : e));
        return json;
    }
}
