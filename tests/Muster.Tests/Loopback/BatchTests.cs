using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Muster.Loopback.Scripting;

namespace Muster.Tests.Loopback;

/// <summary>Message Batches of the loopback server.</summary>
public sealed class BatchTests
{
    private const string Path = "/v1/messages/batches";

    [Fact]
    public async Task A_batch_ends_in_its_time_and_each_request_in_its_own_way()
    {
        var time = new FakeTimeProvider();
        await using var client = await LoopbackClient.StartAsync(new() { Time = time, BatchDuration = TimeSpan.FromMinutes(10) });
        var made = await client.PostJsonAsync(Path, Batch("""{"text":"one"}""", """{"text":"x","batch":"expired"}""", """{"text":"x","batch":"errored"}""", """{"text":"x","fault":{"status":400}}"""));
        Assert.Equal("in_progress", (string?)made["processing_status"]);
        Assert.Equal(4, (int)made["request_counts"]!["processing"]!);
        Assert.Null(made["results_url"]);

        time.Advance(TimeSpan.FromMinutes(10));
        var ended = await client.GetJsonAsync($"{Path}/{made["id"]}");
        Assert.Equal("ended", (string?)ended["processing_status"]);
        Assert.Equal((1, 2, 1), ((int)ended["request_counts"]!["succeeded"]!, (int)ended["request_counts"]!["errored"]!, (int)ended["request_counts"]!["expired"]!));

        var lines = (await client.GetTextAsync((string)ended["results_url"]!)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["task-3", "task-2", "task-1", "task-0"], lines.Select(line => (string?)line["custom_id"])); // In no order that was promised.
        Assert.Equal("invalid_request_error", (string?)lines[0]["result"]!["error"]!["error"]!["type"]);
        Assert.Equal("expired", (string?)lines[2]["result"]!["type"]);
        Assert.Equal("one", (string?)lines[3]["result"]!["message"]!["content"]![0]!["text"]);
        Assert.Equal("batch", (string?)lines[3]["result"]!["message"]!["usage"]!["service_tier"]);
    }

    [Fact]
    public async Task A_cancelled_batch_has_cancelled_results()
    {
        await using var client = await LoopbackClient.StartAsync(new() { BatchDuration = TimeSpan.FromHours(1) });
        var made = await client.PostJsonAsync(Path, Batch("""{"text":"one"}"""));
        using var early = await client.PostAsync($"{Path}/nobody/cancel", "{}");
        Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);

        var cancelled = await client.PostJsonAsync($"{Path}/{made["id"]}/cancel", "{}");

        Assert.Equal(1, (int)cancelled["request_counts"]!["canceled"]!);
        Assert.Contains("\"type\":\"canceled\"", await client.GetTextAsync($"{Path}/{made["id"]}/results"), StringComparison.Ordinal);
    }

    /// <summary>Fault 6 of a batch: the answer is lost, and only a look at the account's batches tells whether the request was.</summary>
    [Fact]
    public async Task A_lost_answer_leaves_a_batch_or_none()
    {
        await using var client = await LoopbackClient.StartAsync(new() { Script = ModelScript.Parse("batches: [{fault: drop, is_made: true}, {fault: drop}, {fault: {status: 529}}]") });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(Path, Batch("""{"text":"one"}""")));
        var first = Assert.Single((await client.GetJsonAsync(Path))["data"]!.AsArray());
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(Path, Batch("""{"text":"two"}""")));
        Assert.Single((await client.GetJsonAsync(Path))["data"]!.AsArray());
        using var refused = await client.PostAsync(Path, Batch("""{"text":"three"}"""));
        Assert.Equal(529, (int)refused.StatusCode);

        var last = await client.PostJsonAsync(Path, Batch("""{"text":"four"}"""));
        var page = await client.GetJsonAsync($"{Path}?limit=1");
        Assert.Equal(((string?)last["id"], true), ((string?)page["last_id"], (bool)page["has_more"]!));
        Assert.Equal((string?)first!["id"], (string?)(await client.GetJsonAsync($"{Path}?after_id={last["id"]}"))["first_id"]);
    }

    private static JsonObject Batch(params string[] steps) => new()
    {
        ["requests"] = new JsonArray([.. steps.Select((step, i) => new JsonObject
        {
            ["custom_id"] = $"task-{i}",
            ["params"] = LoopbackClient.Message($"<<FAKE [ {step} ] FAKE>>"),
        })]),
    };
}
