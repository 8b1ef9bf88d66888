using System.Net;
using System.Text.Json.Nodes;

namespace Muster.Tests.Loopback;

/// <summary>The loopback model server as Anthropic's: what its clients rely on.</summary>
public sealed class AnthropicDialectTests
{
    private const string Path = "/v1/messages?beta=true";
    private const string Prompt =
        """Go. <<FAKE [ {"tool":"Write","input":{"file_path":"/a.md","content":"Größe 📏"}}, {"text":"Done. All of it.","thinking":"Well."} ] FAKE>>""";

    private static readonly JsonNode WriteTool = JsonNode.Parse(
        """{"name":"Write","input_schema":{"type":"object","properties":{"file_path":{},"content":{}}},"defer_loading":false}""")!;

    [Fact]
    public async Task The_prompt_says_the_steps_and_the_turns_after_it_say_which_is_next()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = LoopbackClient.Message(Prompt);
        body["tools"] = new JsonArray(WriteTool.DeepClone());
        body["thinking"] = new JsonObject { ["type"] = "adaptive" };
        body["unheard_of"] = true;

        var first = await client.PostJsonAsync(Path, body);
        Assert.Equal("tool_use", (string?)first["stop_reason"]);
        Assert.Equal("Größe 📏", (string?)first["content"]![0]!["input"]!["content"]);

        var messages = body["messages"]!.AsArray();
        messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = first["content"]!.DeepClone() });
        messages.Add(JsonNode.Parse($$"""{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{first["content"]![0]!["id"]}}","content":"ok"}]}"""));
        messages.Add(JsonNode.Parse("""{"role":"system","content":"A reminder."}"""));
        var second = await client.PostJsonAsync(Path, body);
        Assert.Equal("end_turn", (string?)second["stop_reason"]);
        Assert.Equal(["thinking", "text"], second["content"]!.AsArray().Select(block => (string?)block!["type"]));
        Assert.Equal("Done. All of it.", (string?)second["content"]![1]!["text"]);
    }

    [Fact]
    public async Task A_stream_holds_the_same_message_in_the_events_of_the_protocol()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = LoopbackClient.Message(Prompt, streams: true);
        body["tools"] = new JsonArray(WriteTool.DeepClone());

        var events = await client.StreamAsync(Path, body);

        Assert.Equal("message_start", events[0].Name);
        Assert.Equal(["message_delta", "message_stop"], events[^2..].Select(e => e.Name));
        Assert.All(events, e => Assert.Equal(e.Name, (string?)e.Data["type"]));
        var input = string.Concat(events.Where(e => e.Name is "content_block_delta").Select(e => (string?)e.Data["delta"]!["partial_json"]));
        Assert.Equal("Größe 📏", (string?)JsonNode.Parse(input)!["content"]);
        Assert.Equal("tool_use", (string?)events[^2].Data["delta"]!["stop_reason"]);
        Assert.True((long)events[^2].Data["usage"]!["output_tokens"]! > 1);
    }

    [Fact]
    public async Task Parallel_calls_that_come_back_one_by_one_are_one_turn()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = LoopbackClient.Message("""<<FAKE [ {"tools":[{"tool":"Write","input":{}},{"tool":"Write","input":{}}]}, {"text":"second"}, {"text":"third"} ] FAKE>>""");
        body["tools"] = new JsonArray(WriteTool.DeepClone());
        var calls = (await client.PostJsonAsync(Path, body))["content"]!.AsArray();
        Assert.Equal(2, calls.Count);
        foreach (var call in calls)
        {
            body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(call!.DeepClone()) });
            body["messages"]!.AsArray().Add(JsonNode.Parse($$"""{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{call["id"]}}","content":"ok"}]}"""));
        }

        Assert.Equal("second", (string?)(await client.PostJsonAsync(Path, body))["content"]![0]!["text"]);
    }

    [Fact]
    public async Task The_cache_keeps_a_prefix_when_a_response_to_it_has_begun_and_finds_it_under_a_later_breakpoint()
    {
        await using var client = await LoopbackClient.StartAsync();
        JsonObject Body(string last)
        {
            var body = LoopbackClient.Message(last);
            body["system"] = JsonNode.Parse($$"""[{"type":"text","text":"{{new string('s', 4_000)}}","cache_control":{"type":"ephemeral"} }]""");
            return body;
        }

        var first = (await client.PostJsonAsync(Path, Body("one")))["usage"]!;
        Assert.Equal(0, (long)first["cache_read_input_tokens"]!);
        Assert.InRange((long)first["cache_creation_input_tokens"]!, 1_000, 1_010);

        var follower = (await client.PostJsonAsync(Path, Body("two")))["usage"]!;
        Assert.Equal((long)first["cache_creation_input_tokens"]!, (long)follower["cache_read_input_tokens"]!);
        Assert.Equal(0, (long)follower["cache_creation_input_tokens"]!);

        var moved = Body("three");
        moved["system"]![0]!.AsObject().Remove("cache_control");
        moved["messages"]![0]!["content"] = JsonNode.Parse("""[{"type":"text","text":"three","cache_control":{"type":"ephemeral"} }]""");
        var later = (await client.PostJsonAsync(Path, moved))["usage"]!;
        Assert.Equal((long)first["cache_creation_input_tokens"]!, (long)later["cache_read_input_tokens"]!);
        Assert.InRange((long)later["cache_creation_input_tokens"]!, 1, 20);

        var other = Body("four");
        other["system"]![0]!["text"] = "S" + new string('s', 3_999);
        Assert.Equal(0, (long)(await client.PostJsonAsync(Path, other))["usage"]!["cache_read_input_tokens"]!);
    }

    [Fact]
    public async Task Calls_that_start_together_all_pay_for_the_same_prefix()
    {
        await using var client = await LoopbackClient.StartAsync(new() { Latency = TimeSpan.FromMilliseconds(300) });
        var body = LoopbackClient.Message("x");
        body["system"] = JsonNode.Parse($$"""[{"type":"text","text":"{{new string('s', 4_000)}}","cache_control":{"type":"ephemeral"} }]""");
        var text = body.ToJsonString();

        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.PostJsonAsync(Path, text)));

        Assert.All(together, answer => Assert.Equal(0, (long)answer["usage"]!["cache_read_input_tokens"]!));
        Assert.Equal(4, client.Server.MostInFlight);
        Assert.True((long)(await client.PostJsonAsync(Path, text))["usage"]!["cache_read_input_tokens"]! > 0);
    }

    [Fact]
    public async Task Headers_tell_the_limits_and_requests_are_recorded()
    {
        await using var client = await LoopbackClient.StartAsync(new() { RequestsPerMinute = 50 });
        using var response = await client.PostAsync(Path, LoopbackClient.Message("Hello"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("49", response.Headers.GetValues("anthropic-ratelimit-requests-remaining").Single());
        Assert.True(DateTimeOffset.Parse(response.Headers.GetValues("anthropic-ratelimit-requests-reset").Single()) > DateTimeOffset.UtcNow.AddMinutes(-1));
        Assert.NotEmpty(response.Headers.GetValues("request-id").Single());
        var recorded = Assert.Single(client.Server.Requests);
        Assert.Equal(("POST", Path, 1), (recorded.Method, recorded.Path, recorded.InFlight));
        Assert.Equal("none", recorded.Headers["X-Api-Key"]);
        Assert.Contains("Hello", recorded.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_are_listed_and_tokens_counted()
    {
        await using var client = await LoopbackClient.StartAsync();

        Assert.Contains("claude-sonnet-5-5", (await client.GetJsonAsync("/v1/models"))["data"]!.AsArray().Select(m => (string?)m!["id"]));
        Assert.Equal("claude-x", (string?)(await client.GetJsonAsync("/v1/models/claude-x"))["id"]);
        var (few, many) = (LoopbackClient.Message("x"), LoopbackClient.Message(new('x', 400)));
        Assert.InRange(
            (long)(await client.PostJsonAsync("/v1/messages/count_tokens", many))["input_tokens"]!
            - (long)(await client.PostJsonAsync("/v1/messages/count_tokens", few))["input_tokens"]!, 99, 101);
    }

    [Fact]
    public async Task A_key_of_another_is_refused()
    {
        await using var client = await LoopbackClient.StartAsync(new() { Key = "the-one" });
        using var response = await client.PostAsync(Path, LoopbackClient.Message("x"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("authentication_error", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
