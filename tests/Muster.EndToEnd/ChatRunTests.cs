using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Muster.Loopback;
using Muster.Loopback.Scripting;

namespace Muster.EndToEnd;

/// <summary>Whole runs through the chat APIs: the built command, real HTTP on loopback, 32 workers and their coordinators.</summary>
public sealed partial class ChatRunTests : IDisposable
{
    private const string Canary = "canary-key-5b0c8e11d2";

    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task An_audit_of_32_workers_is_complete_and_the_key_is_found_nowhere(string agent)
    {
        await using var server = await StartAsync();

        var json = await AuditAsync(agent);

        Assert.Equal("complete", json.GetProperty("status").GetString());
        Assert.Equal(32, json.GetProperty("census").GetProperty("verified").GetInt32());
        Assert.Equal(36, json.GetProperty("attempts").GetInt32());
        Assert.All(server.Requests, request => Assert.Contains(Canary, string.Concat(request.Headers.Values), StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.DoesNotContain(Canary, request.Body, StringComparison.Ordinal));
        var files = Directory.GetFiles(muster.Home, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("transcript.jsonl", StringComparison.Ordinal));
        foreach (var file in files)
        {
            Assert.DoesNotContain(Canary, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)), StringComparison.Ordinal);
        }
    }

    /// <summary>Fault 38: what was paid for before a kill -9 is not paid for again.</summary>
    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task After_a_kill_no_turn_that_was_journaled_is_paid_for_twice(string agent)
    {
        await using var server = await StartAsync(latency: TimeSpan.FromMilliseconds(150));
        using var first = muster.Start(MusterProcess.Program, "audit", Tree(), "--agent", agent);
        await MusterProcess.UntilAsync(() => server.Requests.Count >= 45);
        Assert.Equal(0, MusterProcess.Kill(first.Id, 9));
        await MusterProcess.EndAsync(first);
        var journaled = Turns();
        Assert.InRange(journaled.Count, 20, 110);

        var json = await muster.JsonAsync("resume");

        Assert.Equal(("complete", 32), (json.GetProperty("status").GetString(), json.GetProperty("census").GetProperty("verified").GetInt32()));
        Assert.Empty(Directory.GetDirectories(muster.OnlyRun, "2", SearchOption.AllDirectories)); // Every attempt went on; none was begun anew.
        var sent = server.Requests.Where(r => r.Body.Length > 0).CountBy(TurnOf).ToDictionary();
        Assert.All(journaled, turn => Assert.Equal(1, sent[turn]));
        Assert.InRange(sent.Values.Count(count => count > 1), 0, 12); // Those that were under way: no more than the run's capacity.
        Assert.Equal(journaled.Order(), Turns().Intersect(journaled).Order());
    }

    /// <summary>Fault 5: a refused key is found out by those that are under way, not by all.</summary>
    [Fact]
    public async Task A_refused_key_stops_the_run_after_those_that_are_under_way()
    {
        await using var server = await StartAsync(key: "another");

        var result = await muster.RunAsync("audit", Tree(), "--agent", "anthropic");

        Assert.Equal(1, result.ExitCode);
        Assert.InRange(server.Requests.Count, 1, 12);
        Assert.DoesNotContain(Canary, result.Output + result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Fault 2: a spending limit pauses the run at once.</summary>
    [Fact]
    public async Task A_spending_limit_pauses_the_run()
    {
        await using var server = await StartAsync("storms: [{fault: spend_limit, requests: 1000000}]");

        var result = await muster.RunAsync("audit", Tree(), "--agent", "anthropic");

        Assert.Equal(5, result.ExitCode);
        Assert.InRange(server.Requests.Count, 1, 12);
        Assert.Contains("spend limit", result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reason_of_many_lines_is_told_in_one()
    {
        await using var server = await StartAsync("tasks: [{ match: /upk-1/, at: 1, stop: refusal }]");

        var result = await muster.RunAsync("audit", Tree(), "--agent", "anthropic");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(result.Output.Split('\n'), line => line.StartsWith("  upk-1: the model refused: { \"type\": \"refusal\",", StringComparison.Ordinal));
    }

    private async Task<ModelServer> StartAsync(string? script = null, TimeSpan latency = default, string? key = null)
    {
        var server = await ModelServer.StartAsync(new() { Latency = latency, Key = key, Script = script is null ? ModelScript.Empty : ModelScript.Parse(script) });
        muster.Variables["ANTHROPIC_BASE_URL"] = server.Address.ToString();
        muster.Variables["OPENAI_BASE_URL"] = new Uri(server.Address, "v1").ToString();
        muster.Variables["ANTHROPIC_API_KEY"] = muster.Variables["OPENAI_API_KEY"] = Canary;
        muster.Variables["XDG_CONFIG_HOME"] = muster.Home;
        return server;
    }

    private string Tree()
    {
        muster.Write("tree/README.md", "# A tree\n\nIt is here to be audited.\n");
        muster.Write("tree/src/app.py", "import os\nx = 1\n");
        return Path.Combine(muster.Home, "tree");
    }

    private Task<JsonElement> AuditAsync(string agent) => muster.JsonAsync("audit", Tree(), "--agent", agent);

    /// <summary>Every response that a transcript holds: whose, and which of its conversation.</summary>
    private List<(string Task, int Turn)> Turns() =>
    [
        .. Directory.GetFiles(muster.OnlyRun, "transcript.jsonl", SearchOption.AllDirectories).SelectMany(path =>
            File.ReadAllText(path).Split('\n').Where(line => line.Contains("\"kind\":\"response\"", StringComparison.Ordinal))
                .Select((_, turn) => (Path.GetDirectoryName(Path.GetDirectoryName(path))!.Split('/')[^1], turn))),
    ];

    private static (string Task, int Turn) TurnOf(RecordedRequest request)
    {
        using var body = JsonDocument.Parse(request.Body);
        var messages = body.RootElement.GetProperty("messages").EnumerateArray().ToList();
        return (AttemptPattern().Match(request.Body).Groups["id"].Value, messages.Count(m => m.GetProperty("role").GetString() == "assistant"));
    }

    [GeneratedRegex(@"/attempts/(?:_synthesis/)?(?<id>[^/]+)/1/output\.md")]
    private static partial Regex AttemptPattern();
}
