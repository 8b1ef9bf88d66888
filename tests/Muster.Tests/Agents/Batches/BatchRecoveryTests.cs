using System.Text;
using Muster.Agents;
using Muster.Agents.Batches;

namespace Muster.Tests.Agents.Batches;

/// <summary>What was sent is not sent again: faults 6 and 38 of a batch.</summary>
public sealed class BatchRecoveryTests
{
    /// <summary>The answer to the making of a batch is lost, and the batch is there: it is known by its tasks.</summary>
    [Theory]
    [InlineData("drop")]
    [InlineData("{status: 502}")]
    public async Task A_batch_whose_answer_was_lost_is_found_by_its_tasks(string fault)
    {
        await using var bench = await BatchBench.StartAsync($"batches: [{{fault: {fault}, is_made: true}}]", TimeSpan.FromMinutes(1));

        var reports = await bench.RunAllAsync(bench.Good("t1"), bench.Good("t2"));

        Assert.Equal(["Done. t1.", "Done. t2."], reports.Select(r => BatchBench.Finished(r).ReturnLine));
        Assert.Single(bench.Asked);
    }

    [Fact]
    public async Task A_batch_that_did_not_arrive_is_sent_again()
    {
        await using var bench = await BatchBench.StartAsync("batches: [{fault: drop}]");

        var reports = await bench.RunAllAsync(bench.Good("t1"), bench.Good("t2"));

        Assert.All(reports, r => Assert.Null(BatchBench.Finished(r).Failure));
        Assert.Equal(2, bench.Asked.Count);
        Assert.Single(await BatchAgentTests.MadeAsync(bench));
    }

    [Fact]
    public async Task A_batch_is_waited_for_by_the_next_engine()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromMinutes(5));
        var tasks = new[] { bench.Good("t1"), bench.Good("t2") };
        await bench.KillWhenAsync(() => bench.Server.Requests.Any(r => r.Method == "GET"), tasks);

        var reports = await bench.AdoptAllAsync(tasks);

        Assert.Equal(["Done. t1.", "Done. t2."], reports.Select(r => BatchBench.Finished(r).ReturnLine));
        Assert.Single(bench.Asked);
        Assert.DoesNotContain(bench.Server.Requests, r => r.Path.EndsWith("/cancel", StringComparison.Ordinal)); // Letting go is not giving up.
    }

    [Fact]
    public async Task A_batch_of_which_only_the_intent_is_known_is_found_by_the_next_engine()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromMinutes(3));
        var tasks = new[] { bench.Good("t1"), bench.Good("t2") };
        await MakeForeignAsync(bench, 2); // As many requests at the same time, of somebody else.
        await bench.KillWhenAsync(() => bench.Server.Requests.Any(r => r.Method == "GET"), tasks);
        await MakeForeignAsync(bench, 2);
        bench.ForgetAnswer();

        var reports = await bench.AdoptAllAsync(tasks);

        Assert.Equal(["Done. t1.", "Done. t2."], reports.Select(r => BatchBench.Finished(r).ReturnLine));
        Assert.Equal(3, bench.Asked.Count); // Two of them somebody else's.
    }

    [Fact]
    public async Task An_attempt_that_was_in_no_batch_yet_is_put_into_one()
    {
        await using var bench = await BatchBench.StartAsync();
        var task = bench.Good("t1");
        Assert.True(bench.Agent.HasBegun(task.Directory)); // Its prompt is there.

        var reports = await bench.AdoptAllAsync(task);

        Assert.Null(BatchBench.Finished(reports[0]).Failure);
        Assert.Single(bench.Asked);
    }

    /// <summary>What may be it and has not ended shows nothing; after an hour a person decides, and a later look may still tell.</summary>
    [Fact]
    public async Task What_cannot_be_told_is_left_undecided_and_told_by_a_later_look()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromMinutes(4), options: new() { Doubt = TimeSpan.FromMinutes(1) });
        var tasks = new[] { bench.Good("t1"), bench.Good("t2") };
        await bench.KillWhenAsync(() => bench.Server.Requests.Any(r => r.Method == "GET"), tasks);
        await MakeForeignAsync(bench, 2);
        bench.ForgetAnswer();

        var undecided = await Assert.ThrowsAsync<AttemptUndecidedException>(() => bench.AdoptAllAsync(tasks));
        Assert.Contains("2 batches of the account may be it and have not ended", undecided.Message, StringComparison.Ordinal);
        await Task.Delay(TimeSpan.FromMinutes(4), bench.Time, TestContext.Current.CancellationToken);
        var reports = await bench.AdoptAllAsync(tasks);

        Assert.Equal(["Done. t1.", "Done. t2."], reports.Select(r => BatchBench.Finished(r).ReturnLine));
        Assert.Equal(2, bench.Asked.Count);
    }

    [Fact]
    public async Task With_another_key_a_batch_that_is_not_there_may_be_elsewhere()
    {
        await using var bench = await BatchBench.StartAsync("batches: [{fault: drop}]");
        var task = bench.Good("t1");
        await bench.KillWhenAsync(() => bench.Server.Requests.Any(r => r.Method == "GET"), task);
        bench.Key = "another";

        var undecided = await Assert.ThrowsAsync<AttemptUndecidedException>(() => bench.AdoptAllAsync(task));

        Assert.Contains("sent with another key", undecided.Message, StringComparison.Ordinal);
        Assert.Single(bench.Asked);
    }

    /// <summary>A key that went away, or a batch that did, must not make paid work be done again.</summary>
    [Fact]
    public async Task A_batch_that_cannot_be_looked_at_leaves_its_attempts_undecided()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromHours(1));
        var task = bench.Good("t1");
        await bench.KillWhenAsync(() => bench.Server.Requests.Any(r => r.Method == "GET"), task);
        bench.Key = null;
        Assert.Contains("ANTHROPIC_API_KEY is not set", (await Assert.ThrowsAsync<AttemptUndecidedException>(() => bench.AdoptAllAsync(task))).Message, StringComparison.Ordinal);

        bench.Key = "key";
        using var client = new HttpClient { BaseAddress = bench.Server.Address };
        client.DefaultRequestHeaders.Add("x-api-key", "key");
        using var gone = await client.DeleteAsync($"/v1/messages/batches/{(await BatchAgentTests.MadeAsync(bench))[0]}", TestContext.Current.CancellationToken);
        var undecided = await Assert.ThrowsAsync<AttemptUndecidedException>(() => bench.AdoptAllAsync(task));

        Assert.Contains("cannot be looked at: the provider answered 404", undecided.Message, StringComparison.Ordinal);
        Assert.Single(bench.Asked);
    }

    /// <summary>Fault 7: results that break off are read again, and nobody gets two.</summary>
    [Fact]
    public async Task Results_that_break_off_are_read_again()
    {
        await using var bench = await BatchBench.StartAsync("batches: [{cuts_results: true}]");
        var tasks = Enumerable.Range(0, 6).Select(i => bench.Good($"t{i}")).ToArray();

        var reports = await bench.RunAllAsync(tasks);

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"Done. t{i}."), reports.Select(r => BatchBench.Finished(r).ReturnLine));
        Assert.Equal(2, bench.Server.Requests.Count(r => r.Path.EndsWith("/results", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_that_was_written_down_is_not_asked_for_again()
    {
        await using var bench = await BatchBench.StartAsync();
        var task = bench.Good("t1");
        var before = await bench.RunAsync(task);
        var asked = bench.Server.Requests.Count;

        var after = (await bench.AdoptAllAsync(task))[0];

        Assert.Equal((BatchBench.Finished(before), BatchBench.Used(before)), (BatchBench.Finished(after), BatchBench.Used(after)));
        Assert.Equal(asked, bench.Server.Requests.Count);
    }

    [Fact]
    public async Task A_transcript_that_was_half_written_is_made_anew_from_the_batch()
    {
        await using var bench = await BatchBench.StartAsync();
        var task = bench.Good("t1");
        await bench.RunAsync(task);
        var transcript = Path.Combine(task.Directory, "transcript.jsonl");
        await File.WriteAllTextAsync(transcript, (await File.ReadAllTextAsync(transcript, TestContext.Current.CancellationToken))[..^40], TestContext.Current.CancellationToken);

        var after = (await bench.AdoptAllAsync(task))[0];

        Assert.Equal("Done. t1.", BatchBench.Finished(after).ReturnLine);
        Assert.Single(bench.Asked);
        Assert.Equal(3, File.ReadAllLines(transcript).Length);
    }

    [Fact]
    public async Task Cancelling_a_run_whose_engine_is_gone_cancels_its_batch()
    {
        await using var bench = await BatchBench.StartAsync(duration: TimeSpan.FromHours(2));
        var tasks = new[] { bench.Good("t1"), bench.Good("t2") };
        await bench.KillWhenAsync(() => bench.Server.Requests.Any(r => r.Method == "GET"), tasks);
        using var next = bench.NewAgent();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Task.WhenAll(tasks.Select(task => Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next.AdoptAsync(task, cancelled.Token).ToListAsync(CancellationToken.None))));

        Assert.Single(bench.Server.Requests, r => r.Path.EndsWith("/cancel", StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_says_nothing_by_a_line_that_was_not_finished()
    {
        using var home = new TempDirectory();
        var key = BatchKey.Parse("muster-0123456789abcdef0123456789abcdef")!.Value;
        using (var log = new BatchLog(home.Path, TimeProvider.System))
        {
            Assert.Null(log.Find(key));
            log.Made(log.Mean("account", [key]), "msgbatch_1");
        }

        var path = Path.Combine(home.Path, BatchLog.FileName);
        var whole = File.ReadAllBytes(path);
        for (var length = whole.AsSpan().IndexOf("\n"u8) + 1; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            using var log = new BatchLog(home.Path, TimeProvider.System);
            Assert.Null(log.Find(key)!.Id);
            log.Made(log.Find(key)!, "msgbatch_2");
            using var next = new BatchLog(Copy(home, path), TimeProvider.System);
            Assert.Equal("msgbatch_2", next.Find(key)!.Id);
        }
    }

    [Fact]
    public void A_log_that_cannot_be_read_decides_nothing()
    {
        using var home = new TempDirectory();
        home.File(BatchLog.FileName, "{\"kind\":\n");
        using var log = new BatchLog(home.Path, TimeProvider.System);

        Assert.Throws<AttemptUndecidedException>(() => log.Find(default));
    }

    private static string Copy(TempDirectory home, string path)
    {
        var directory = Directory.CreateDirectory(Path.Combine(home.Path, Guid.NewGuid().ToString("N"))).FullName;
        using var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var to = File.Create(Path.Combine(directory, BatchLog.FileName));
        from.CopyTo(to);
        return directory;
    }

    private static async Task MakeForeignAsync(BatchBench bench, int requests)
    {
        using var client = new HttpClient { BaseAddress = bench.Server.Address };
        client.DefaultRequestHeaders.Add("x-api-key", "key");
        var items = string.Join(',', Enumerable.Range(0, requests).Select(i => $"{{\"custom_id\":\"theirs-{i}\",\"params\":{{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{{\"role\":\"user\",\"content\":\"Hello\"}}]}}}}"));
        using var body = new StringContent($"{{\"requests\":[{items}]}}", Encoding.UTF8, "application/json");
        (await client.PostAsync("/v1/messages/batches", body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode().Dispose();
    }
}
