using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>Anthropic Messages, <c>POST /v1/messages</c>.</summary>
internal sealed class AnthropicDialect : IDialect
{
    public string CallPrefix => "toolu_";

    public bool CachesByItself => false;

    public Conversation Read(JsonElement body, string path) => AnthropicRequest.Read(body);

    public void WriteStream(Reply reply, EventStream stream)
    {
        stream.Event("message_start", json =>
        {
            json.WriteString("type", "message_start");
            json.WriteStartObject("message");
            Head(reply, json);
            json.WriteStartArray("content");
            json.WriteEndArray();
            json.WriteNull("stop_reason");
            json.WriteNull("stop_sequence");
            Usage(reply, outputTokens: 1, json);
            json.WriteEndObject();
        });
        stream.Event("ping", json => json.WriteString("type", "ping"));
        var index = 0;
        if (reply.Thinking is { } thinking)
        {
            Block(stream, index++, json => Thinking(json, string.Empty, string.Empty), Pieces("thinking_delta", "thinking", thinking)
                .Append(json => Delta(json, "signature_delta", "signature", Signature(thinking))));
        }

        if (reply.Text.Length > 0 || reply.Calls.IsEmpty)
        {
            Block(stream, index++, json => TextBlock(json, string.Empty), Pieces("text_delta", "text", reply.Text));
        }

        foreach (var call in reply.Calls)
        {
            Block(stream, index++, json => Call(json, call, "{}"), Pieces("input_json_delta", "partial_json", call.Input));
        }

        stream.Event("message_delta", json =>
        {
            json.WriteString("type", "message_delta");
            json.WriteStartObject("delta");
            Stop(reply, json);
            json.WriteEndObject();
            Usage(reply, reply.Usage.Output, json);
        });
        stream.Event("message_stop", json => json.WriteString("type", "message_stop"));
    }

    public void WriteWhole(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Head(reply, json);
        json.WriteStartArray("content");
        if (reply.Thinking is { } thinking)
        {
            Thinking(json, thinking, Signature(thinking));
        }

        if (reply.Text.Length > 0)
        {
            TextBlock(json, reply.Text);
        }

        foreach (var call in reply.Calls)
        {
            Call(json, call, call.Input);
        }

        json.WriteEndArray();
        Stop(reply, json);
        Usage(reply, reply.Usage.Output, json);
        json.WriteEndObject();
    }

    public void WriteError(StepFault fault, string requestId, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "error");
        Error(fault, json);
        json.WriteString("request_id", requestId);
        json.WriteEndObject();
    }

    public void WriteErrorEvent(StepFault fault, EventStream stream) => stream.Event("error", json =>
    {
        json.WriteString("type", "error");
        Error(fault with { Type = fault.Type ?? "overloaded_error" }, json);
    });

    public void SetHeaders(IHeaderDictionary headers, string requestId, Capacity capacity)
    {
        headers["request-id"] = requestId;
        headers["anthropic-organization-id"] = "00000000-0000-4000-8000-000000000000";
        var reset = capacity.Reset.ToString("yyyy-MM-ddTHH:mm:ssZ");
        Limit(headers, "requests", capacity.Limit, capacity.Remaining, reset);
        foreach (var kind in (ReadOnlySpan<string>)["tokens", "input-tokens", "output-tokens"])
        {
            Limit(headers, kind, (long)capacity.Limit * Capacity.TokensPerRequest, (long)capacity.Remaining * Capacity.TokensPerRequest, reset);
        }
    }

    private static void Limit(IHeaderDictionary headers, string kind, long limit, long remaining, string reset)
    {
        headers[$"anthropic-ratelimit-{kind}-limit"] = limit.ToString();
        headers[$"anthropic-ratelimit-{kind}-remaining"] = remaining.ToString();
        headers[$"anthropic-ratelimit-{kind}-reset"] = reset;
    }

    private static void Error(StepFault fault, Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("type", fault.Type ?? TypeOf(fault.Status));
        json.WriteString("message", ErrorWords.Message(fault));
        if (fault.Code is { } code)
        {
            json.WriteStartObject("details");
            json.WriteString("error_code", code);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string TypeOf(int status) => status switch
    {
        400 => "invalid_request_error",
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        _ => "api_error",
    };

    private static void Head(Reply reply, Utf8JsonWriter json)
    {
        json.WriteString("id", "msg_" + reply.Id);
        json.WriteString("type", "message");
        json.WriteString("role", "assistant");
        json.WriteString("model", reply.Model);
    }

    private static void Stop(Reply reply, Utf8JsonWriter json)
    {
        json.WriteString("stop_reason", reply.Stop);
        json.WriteNull("stop_sequence");
        if (reply.Stop is "refusal")
        {
            json.WriteStartObject("stop_details");
            json.WriteString("type", "refusal");
            json.WriteString("category", "other");
            json.WriteString("explanation", "The script says so.");
            json.WriteEndObject();
        }
    }

    private static void Usage(Reply reply, long outputTokens, Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", reply.Usage.Input);
        json.WriteNumber("cache_creation_input_tokens", reply.Usage.CacheWrite);
        json.WriteNumber("cache_read_input_tokens", reply.Usage.CacheRead);
        json.WriteStartObject("cache_creation");
        json.WriteNumber("ephemeral_5m_input_tokens", reply.Usage.CacheWrite);
        json.WriteNumber("ephemeral_1h_input_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", outputTokens);
        json.WriteString("service_tier", reply.Tier);
        json.WriteEndObject();
    }

    private static void Block(EventStream stream, int index, Action<Utf8JsonWriter> begin, IEnumerable<Action<Utf8JsonWriter>> deltas)
    {
        stream.Event("content_block_start", json =>
        {
            json.WriteString("type", "content_block_start");
            json.WriteNumber("index", index);
            json.WritePropertyName("content_block");
            begin(json);
        });
        foreach (var delta in deltas)
        {
            stream.Event("content_block_delta", json =>
            {
                json.WriteString("type", "content_block_delta");
                json.WriteNumber("index", index);
                delta(json);
            });
        }

        stream.Event("content_block_stop", json =>
        {
            json.WriteString("type", "content_block_stop");
            json.WriteNumber("index", index);
        });
    }

    private static IEnumerable<Action<Utf8JsonWriter>> Pieces(string type, string name, string text) =>
        EventStream.Pieces(text).Select(piece => (Action<Utf8JsonWriter>)(json => Delta(json, type, name, piece)));

    private static void Delta(Utf8JsonWriter json, string type, string name, string value)
    {
        json.WriteStartObject("delta");
        json.WriteString("type", type);
        json.WriteString(name, value);
        json.WriteEndObject();
    }

    /// <summary>The real one's is opaque; this one is only stable, so that a client that changes a thought can be seen.</summary>
    private static string Signature(string thinking) => Convert.ToBase64String(BitConverter.GetBytes((long)thinking.Length));

    private static void Thinking(Utf8JsonWriter json, string thinking, string signature)
    {
        json.WriteStartObject();
        json.WriteString("type", "thinking");
        json.WriteString("thinking", thinking);
        json.WriteString("signature", signature);
        json.WriteEndObject();
    }

    private static void TextBlock(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void Call(Utf8JsonWriter json, ToolCall call, string input)
    {
        json.WriteStartObject();
        json.WriteString("type", "tool_use");
        json.WriteString("id", call.Id);
        json.WriteString("name", call.Name);
        json.WritePropertyName("input");
        json.WriteRawValue(input, skipInputValidation: true);
        json.WriteEndObject();
    }
}
