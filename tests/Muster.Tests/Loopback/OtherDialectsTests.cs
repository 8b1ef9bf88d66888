using System.Text.Json.Nodes;

namespace Muster.Tests.Loopback;

/// <summary>The loopback model server as OpenAI's and Google's: a write by whatever tool is offered, then a line.</summary>
public sealed class OtherDialectsTests
{
    private const string Prompt =
        """Go. <<FAKE [ {"tool":"Write","input":{"file_path":"/it's/a.md","content":"Größe 📏"}}, {"text":"Done. All of it."} ] FAKE>>""";

    [Fact]
    public async Task Chat_completions_stream_calls_texts_and_usage()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = JsonNode.Parse("""
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":""}]}],
             "tools":[{"type":"function","function":{"name":"write","parameters":{"type":"object","properties":{"filePath":{},"content":{}}}}}]}
            """)!;
        body["messages"]![1]!["content"]![0]!["text"] = Prompt;

        var events = (await client.StreamAsync("/v1/chat/completions", body)).ConvertAll(e => e.Data);
        var calls = events.Where(e => e["choices"]!.AsArray().Count > 0).Select(e => e["choices"]![0]!["delta"]!["tool_calls"]?[0]).OfType<JsonNode>().ToList();
        Assert.Equal("write", (string?)calls[0]["function"]!["name"]);
        var arguments = JsonNode.Parse(string.Concat(calls.Select(c => (string?)c["function"]!["arguments"])))!;
        Assert.Equal(("/it's/a.md", "Größe 📏"), ((string?)arguments["filePath"], (string?)arguments["content"]));
        Assert.Equal("tool_calls", (string?)events[^2]["choices"]![0]!["finish_reason"]);
        Assert.True((long)events[^1]["usage"]!["completion_tokens"]! > 1);

        body["messages"]!.AsArray().Add(JsonNode.Parse($$"""{"role":"assistant","content":null,"tool_calls":[{"id":"{{calls[0]["id"]}}","type":"function","function":{"name":"write","arguments":"{}"} }] }"""));
        body["messages"]!.AsArray().Add(JsonNode.Parse($$"""{"role":"tool","tool_call_id":"{{calls[0]["id"]}}","content":"ok"}"""));
        body["stream"] = false;
        var second = await client.PostJsonAsync("/v1/chat/completions", body);
        Assert.Equal("Done. All of it.", (string?)second["choices"]![0]!["message"]!["content"]);
        Assert.Equal("stop", (string?)second["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task Responses_write_by_a_shell_and_tell_every_item()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = JsonNode.Parse("""
            {"model":"m","stream":true,"instructions":"i","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":""}]}],
             "tools":[{"type":"function","name":"exec_command","parameters":{"type":"object","properties":{"cmd":{"type":"string"}}}},{"type":"web_search"}]}
            """)!;
        body["input"]![0]!["content"]![0]!["text"] = Prompt;

        var events = await client.StreamAsync("/v1/responses", body);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => (int)e.Data["sequence_number"]!));
        Assert.Equal(("response.created", "response.completed"), (events[0].Name, events[^1].Name));
        var call = events.Single(e => e.Name is "response.output_item.done").Data["item"]!;
        Assert.Equal(string.Concat(events.Where(e => e.Name is "response.function_call_arguments.delta").Select(e => (string?)e.Data["delta"])), (string?)call["arguments"]);
        var command = (string)JsonNode.Parse((string)call["arguments"]!)!["cmd"]!;
        Assert.Contains("cat > '/it'\\''s/a.md' <<'", command, StringComparison.Ordinal);
        Assert.Contains("\nGröße 📏\n", command, StringComparison.Ordinal);
        Assert.Equal((string?)call["call_id"], (string?)events[^1].Data["response"]!["output"]![0]!["call_id"]);

        body["input"]!.AsArray().Add(call.DeepClone());
        body["input"]!.AsArray().Add(JsonNode.Parse($$"""{"type":"function_call_output","call_id":"{{call["call_id"]}}","output":"ok"}"""));
        body["stream"] = false;
        var second = await client.PostJsonAsync("/v1/responses", body);
        Assert.Equal("Done. All of it.", (string?)second["output"]![0]!["content"]![0]!["text"]);
        Assert.True((long)second["usage"]!["input_tokens"]! > 0);
    }

    [Fact]
    public async Task Gemini_calls_its_own_tool_for_writing()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = JsonNode.Parse("""
            {"contents":[{"role":"user","parts":[{"text":""}]}],
             "tools":[{"functionDeclarations":[{"name":"write_file","parametersJsonSchema":{"type":"object","properties":{"file_path":{},"content":{}}}}]}]}
            """)!;
        body["contents"]![0]!["parts"]![0]!["text"] = Prompt;

        var events = await client.StreamAsync("/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse", body);
        var call = events.Select(e => e.Data["candidates"]![0]!["content"]!["parts"]![0]!["functionCall"]).OfType<JsonNode>().Single();
        Assert.Equal(("write_file", "Größe 📏"), ((string?)call["name"], (string?)call["args"]!["content"]));
        Assert.Equal("STOP", (string?)events[^1].Data["candidates"]![0]!["finishReason"]);
        Assert.Equal("gemini-2.5-flash", (string?)events[^1].Data["modelVersion"]);

        body["contents"]!.AsArray().Add(new JsonObject { ["role"] = "model", ["parts"] = new JsonArray(new JsonObject { ["functionCall"] = call.DeepClone() }) });
        body["contents"]!.AsArray().Add(JsonNode.Parse("""{"role":"user","parts":[{"functionResponse":{"name":"write_file","response":{"output":"ok"}}}]}"""));
        var second = await client.PostJsonAsync("/v1beta/models/gemini-2.5-flash:generateContent", body);
        Assert.Equal("Done. All of it.", (string?)second["candidates"]![0]!["content"]!["parts"]![0]!["text"]);
    }

    [Fact]
    public async Task An_answer_with_a_schema_has_what_the_schema_requires()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = LoopbackClient.Message("Who speaks next?");
        body["output_config"] = JsonNode.Parse("""
            {"format":{"type":"json_schema","schema":{"type":"object","required":["who","tasks"],"properties":{
              "who":{"type":"string","enum":["user","model"]},"tasks":{"type":"array","minItems":2,"items":{"type":"integer","minimum":3}},"not":{"type":"string"}}}}}
            """);

        var text = (string)(await client.PostJsonAsync("/v1/messages", body))["content"]![0]!["text"]!;

        Assert.Equal("""{"who":"user","tasks":[3,3]}""", text);
    }
}
