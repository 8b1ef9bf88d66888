using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>Gemini, <c>POST /v1beta/models/MODEL:generateContent</c> and <c>:streamGenerateContent?alt=sse</c>.</summary>
internal sealed class GeminiDialect : IDialect
{
    public string CallPrefix => "fn_";

    public bool CachesByItself => true;

    public Conversation Read(JsonElement body, string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var conversation = new Conversation(name[..name.IndexOf(':', StringComparison.Ordinal)], name.EndsWith(":streamGenerateContent", StringComparison.Ordinal));
        foreach (var tool in body.ItemsAt("tools").SelectMany(tool => tool.ItemsAt("functionDeclarations")))
        {
            var schema = tool.At("parametersJsonSchema") is { ValueKind: JsonValueKind.Object } json ? json : tool.At("parameters");
            conversation.Tools.Add(new(tool.TextAt("name") ?? string.Empty, schema));
            conversation.Blocks.Add(new("tools", tool, true));
        }

        foreach (var part in body.At("systemInstruction").ItemsAt("parts"))
        {
            conversation.System.Add(part.TextAt("text") ?? string.Empty);
            conversation.Blocks.Add(new("system", part, true));
        }

        foreach (var content in body.ItemsAt("contents"))
        {
            foreach (var part in content.ItemsAt("parts"))
            {
                Add(conversation, content.TextAt("role"), part);
                conversation.Blocks.Add(new("contents", part, true));
            }
        }

        var generation = body.At("generationConfig");
        if ((generation.At("responseJsonSchema") is { ValueKind: JsonValueKind.Object } wanted ? wanted : generation.At("responseSchema"))
            is { ValueKind: JsonValueKind.Object } answer)
        {
            conversation.AnswerSchema = answer;
        }

        return conversation;
    }

    public void WriteStream(Reply reply, EventStream stream)
    {
        if (reply.Thinking is { } thinking)
        {
            stream.Event(null, json => Chunk(reply, null, json, parts => Thought(thinking, parts)));
        }

        foreach (var piece in EventStream.Pieces(reply.Text))
        {
            stream.Event(null, json => Chunk(reply, null, json, parts => TextPart(piece, parts)));
        }

        if (!reply.Calls.IsEmpty)
        {
            stream.Event(null, json => Chunk(reply, null, json, parts => Calls(reply, parts)));
        }

        stream.Event(null, json => Chunk(reply, FinishReason(reply.Stop), json, parts => TextPart(string.Empty, parts)));
    }

    public void WriteWhole(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Chunk(reply, FinishReason(reply.Stop), json, parts =>
        {
            if (reply.Text.Length > 0 || reply.Calls.IsEmpty)
            {
                TextPart(reply.Text, parts);
            }

            Calls(reply, parts);
        });
        json.WriteEndObject();
    }

    public void WriteError(StepFault fault, string requestId, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Error(fault, json);
        json.WriteEndObject();
    }

    public void WriteErrorEvent(StepFault fault, EventStream stream) =>
        stream.Event(null, json => Error(fault with { Status = fault.Status is 0 ? 503 : fault.Status, Type = null }, json));

    public void SetHeaders(IHeaderDictionary headers, string requestId, Capacity capacity) => headers["x-request-id"] = requestId;

    private static void Add(Conversation conversation, string? role, JsonElement part)
    {
        if (role is "model")
        {
            conversation.AddAssistant(part.At("functionCall").TextAt("id"));
        }
        else if (part.At("functionResponse") is { ValueKind: JsonValueKind.Object } result)
        {
            conversation.AddResult(result.At("response"));
        }
        else if (part.TextAt("text") is { } text)
        {
            conversation.AddUser(text);
        }
    }

    private static void Error(StepFault fault, Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", fault.Status);
        json.WriteString("message", ErrorWords.Message(fault));
        json.WriteString("status", fault.Type ?? fault.Status switch
        {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            402 or 403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            503 or 529 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        });
        json.WriteEndObject();
    }

    private static void Chunk(Reply reply, string? finish, Utf8JsonWriter json, Action<Utf8JsonWriter> parts)
    {
        json.WriteStartArray("candidates");
        json.WriteStartObject();
        json.WriteStartObject("content");
        json.WriteStartArray("parts");
        parts(json);
        json.WriteEndArray();
        json.WriteString("role", "model");
        json.WriteEndObject();
        if (finish is not null)
        {
            json.WriteString("finishReason", finish);
        }

        json.WriteNumber("index", 0);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", reply.Usage.Prompt);
        json.WriteNumber("cachedContentTokenCount", reply.Usage.CacheRead);
        json.WriteNumber("candidatesTokenCount", finish is null ? 0 : reply.Usage.Output);
        json.WriteNumber("totalTokenCount", reply.Usage.Prompt + (finish is null ? 0 : reply.Usage.Output));
        json.WriteEndObject();
        json.WriteString("modelVersion", reply.Model);
        json.WriteString("responseId", reply.Id);
    }

    private static void Thought(string text, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteBoolean("thought", true);
        json.WriteEndObject();
    }

    private static void TextPart(string text, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void Calls(Reply reply, Utf8JsonWriter json)
    {
        foreach (var call in reply.Calls)
        {
            json.WriteStartObject();
            json.WriteStartObject("functionCall");
            json.WriteString("id", call.Id);
            json.WriteString("name", call.Name);
            json.WritePropertyName("args");
            json.WriteRawValue(call.Input, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static string FinishReason(string stop) => stop switch
    {
        "max_tokens" => "MAX_TOKENS",
        "refusal" => "SAFETY",
        "end_turn" or "tool_use" or "pause_turn" => "STOP",
        _ => stop,
    };
}
