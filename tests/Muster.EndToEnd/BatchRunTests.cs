using System.Text.Json;
using Muster.Loopback;
using Muster.Loopback.Scripting;

namespace Muster.EndToEnd;

/// <summary>Whole runs through Message Batches: the built command, real HTTP on loopback, a real kill -9. Nothing is paid for twice.</summary>
public sealed class BatchRunTests : IDisposable
{
    private const string Canary = "canary-key-8a1f0c72d4";
    private const int Workers = 12;

    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task Workers_and_coordinators_go_through_batches_and_cost_half()
    {
        await using var server = await StartAsync();

        var check = await muster.JsonAsync("check", Plan());
        var json = await muster.JsonAsync("run", Plan(), "--max-usd", "5");

        Assert.Equal(Workers + 3, check.GetProperty("batched").GetInt32());
        AssertComplete(json);
        Assert.Equal([Workers, 2, 1], Made(server).Select(batch => batch.Count)); // Workers; two coordinators; the one above them.
        Assert.All(server.Requests, request => Assert.StartsWith("/v1/messages/batches", request.Path, StringComparison.Ordinal));
        var models = json.GetProperty("cost").GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString()!).ToList();
        Assert.All(models, model => Assert.EndsWith(" in batches", model, StringComparison.Ordinal));
        Assert.True(json.GetProperty("usd").GetDecimal() > 0);
        foreach (var file in Directory.GetFiles(muster.OnlyRun, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(Canary, File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_provider_fails_is_tried_again()
    {
        await using var server = await StartAsync("""
            tasks:
              - { match: "/f-.*/1/output/", batch: errored }
            """);

        var json = await muster.JsonAsync("run", Plan());

        AssertComplete(json);
        Assert.Equal((2 * Workers) + 3, Made(server).Sum(batch => batch.Count));
    }

    /// <summary>Fault 38: killed before anything was sent.</summary>
    [Fact]
    public async Task After_a_kill_before_anything_was_sent_it_is_sent_once()
    {
        await using var server = await StartAsync();

        await KillWhenAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "prompt.md", SearchOption.AllDirectories).Length > 0);
        var json = await muster.JsonAsync("resume");

        AssertOnce(server, json);
    }

    /// <summary>Fault 38: killed when the provider had the batch and its answer was not read.</summary>
    [Fact]
    public async Task After_a_kill_before_the_answer_the_batch_is_found_by_its_tasks()
    {
        await using var server = await StartAsync("batches: [{fault: hang, is_made: true}]", TimeSpan.FromSeconds(3));

        await KillWhenAsync(() => Made(server).Count == 1);
        var json = await muster.JsonAsync("resume");

        AssertOnce(server, json);
    }

    /// <summary>Fault 38: killed while it was sent, and it did not arrive.</summary>
    [Fact]
    public async Task After_a_kill_before_it_arrived_it_is_sent_again()
    {
        await using var server = await StartAsync("batches: [{fault: hang}]");

        await KillWhenAsync(() => Made(server).Count == 1);
        var json = await muster.JsonAsync("resume");

        AssertComplete(json);
        Assert.Equal([Workers, Workers, 2, 1], Made(server).Select(batch => batch.Count)); // The first was never made.
        Assert.Equal(Made(server)[0].Order(), Made(server)[1].Order());
    }

    /// <summary>Fault 38: killed while the batch is at work.</summary>
    [Fact]
    public async Task After_a_kill_while_it_is_waited_for_it_is_waited_for_again()
    {
        await using var server = await StartAsync(duration: TimeSpan.FromSeconds(4));

        await KillWhenAsync(() => server.Requests.Any(r => r.Method == "GET"));
        var json = await muster.JsonAsync("resume");

        AssertOnce(server, json);
    }

    /// <summary>Fault 38: killed while results arrive.</summary>
    [Fact]
    public async Task After_a_kill_while_results_arrive_the_rest_is_read()
    {
        await using var server = await StartAsync("tasks: [{match: /f-/, delay_ms: 300}]");

        await KillWhenAsync(() => Directory.Exists(muster.Runs) && Directory.GetFiles(muster.Runs, "*.md", SearchOption.AllDirectories).Count(f => f.Contains("/workers/", StringComparison.Ordinal)) is > 2 and < Workers);
        var json = await muster.JsonAsync("resume");

        AssertOnce(server, json);
    }

    /// <summary>What nobody can find out waits for a person, and the person's word is done.</summary>
    [Fact]
    public async Task What_cannot_be_found_out_waits_for_a_decision()
    {
        await using var server = await StartAsync("batches: [{fault: hang, is_made: true}]", TimeSpan.FromSeconds(2));
        await KillWhenAsync(() => Made(server).Count == 1);
        await DeleteAllAsync(server);
        muster.Variables["ANTHROPIC_API_KEY"] = "another-key";

        var waiting = await muster.RunAsync("resume");
        Assert.Equal(4, waiting.ExitCode);
        Assert.Contains("--decide KEY=rerun|skip", waiting.Output, StringComparison.Ordinal);
        var status = await muster.JsonAsync("status");
        var keys = status.GetProperty("undecided").EnumerateArray().Select(key => key.GetString()!).ToList();
        Assert.Equal((Workers, "awaiting-human"), (keys.Count, status.GetProperty("status").GetString()));

        var wrong = await muster.RunAsync("resume", "--decide", "worker/none=rerun");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains(keys[0], wrong.Errors, StringComparison.Ordinal);
        Assert.Equal(2, (await muster.RunAsync("resume", "--decide", $"{keys[0]}=perhaps")).ExitCode);
        Assert.Single(Made(server));

        var json = await muster.JsonAsync("resume", "--decide", $"{keys[0]}=skip", "--decide", "*=rerun");

        Assert.Equal((Workers - 1, 1), (json.GetProperty("census").GetProperty("verified").GetInt32(), json.GetProperty("census").GetProperty("skipped").GetInt32()));
        Assert.Equal([Workers, Workers - 1, 2, 1], Made(server).Select(batch => batch.Count));
    }

    [Fact]
    public async Task Cancelling_cancels_the_batch()
    {
        await using var server = await StartAsync(duration: TimeSpan.FromHours(1));
        using var running = muster.Start(MusterProcess.Program, "run", Plan());
        await MusterProcess.UntilAsync(() => server.Requests.Any(r => r.Method == "GET"));

        var cancelled = await muster.RunAsync("cancel");
        var ended = await MusterProcess.EndAsync(running);

        Assert.Equal((0, 130), (cancelled.ExitCode, ended.ExitCode));
        Assert.Single(server.Requests, r => r.Path.EndsWith("/cancel", StringComparison.Ordinal));
    }

    private static void AssertComplete(JsonElement json) =>
        Assert.Equal(("complete", Workers), (json.GetProperty("status").GetString(), json.GetProperty("census").GetProperty("verified").GetInt32()));

    /// <summary>Every request reached the provider once, whatever happened to the engine.</summary>
    private static void AssertOnce(ModelServer server, JsonElement json)
    {
        AssertComplete(json);
        Assert.Equal([Workers, 2, 1], Made(server).Select(batch => batch.Count));
        Assert.Equal(Workers + 3, Made(server).SelectMany(batch => batch).Distinct().Count());
    }

    /// <summary>The custom ids of each batch that was asked for.</summary>
    private static List<List<string>> Made(ModelServer server) =>
    [
        .. server.Requests.Where(r => r.Method == "POST" && r.Path.EndsWith("/batches", StringComparison.Ordinal)).Select(r =>
            JsonDocument.Parse(r.Body).RootElement.GetProperty("requests").EnumerateArray().Select(item => item.GetProperty("custom_id").GetString()!).ToList()),
    ];

    private static async Task DeleteAllAsync(ModelServer server)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("x-api-key", Canary);
        using var list = JsonDocument.Parse(await client.GetStringAsync("/v1/messages/batches", TestContext.Current.CancellationToken));
        foreach (var batch in list.RootElement.GetProperty("data").EnumerateArray())
        {
            using var gone = await client.DeleteAsync($"/v1/messages/batches/{batch.GetProperty("id").GetString()}", TestContext.Current.CancellationToken);
        }
    }

    private async Task KillWhenAsync(Func<bool> isSo)
    {
        using var first = muster.Start(MusterProcess.Program, "run", Plan());
        await MusterProcess.UntilAsync(isSo);
        Assert.Equal(0, MusterProcess.Kill(first.Id, 9));
        await MusterProcess.EndAsync(first);
    }

    private async Task<ModelServer> StartAsync(string? script = null, TimeSpan duration = default)
    {
        var server = await ModelServer.StartAsync(new() { BatchDuration = duration, Script = script is null ? ModelScript.Empty : ModelScript.Parse(script) });
        muster.Variables["ANTHROPIC_BASE_URL"] = server.Address.ToString();
        muster.Variables["ANTHROPIC_API_KEY"] = Canary;
        return server;
    }

    private string Plan()
    {
        for (var i = 0; i < Workers; i++)
        {
            muster.Write($"tree/src/f{i:00}.py", $"x = {i}\n");
        }

        return muster.Write("plan.yaml", """
            goal: Look at every file
            root: tree
            agent: anthropic
            coordinator: { model: haiku, batch: true }
            domains:
              - id: files
                tasks:
                  - { foreach: { glob: "src/*.py" }, id: f, task: "Look at {item}", model: haiku, batch: true }
            """);
    }
}
