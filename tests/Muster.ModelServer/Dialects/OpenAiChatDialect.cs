using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>OpenAI Chat Completions, <c>POST /v1/chat/completions</c>, which many servers speak.</summary>
internal sealed class OpenAiChatDialect : IDialect
{
    public string CallPrefix => "call_";

    public bool CachesByItself => true;

    public Conversation Read(JsonElement body, string path)
    {
        var conversation = new Conversation(body.TextAt("model") ?? "rehearsed", body.At("stream").ValueKind is JsonValueKind.True)
        {
            WantsUsage = body.At("stream_options").At("include_usage").ValueKind is JsonValueKind.True,
        };
        foreach (var tool in body.ItemsAt("tools"))
        {
            conversation.Tools.Add(new(tool.At("function").TextAt("name") ?? string.Empty, tool.At("function").At("parameters")));
            conversation.Blocks.Add(new("tools", tool, true));
        }

        foreach (var message in body.ItemsAt("messages"))
        {
            Add(conversation, message);
            conversation.Blocks.Add(new("messages", message, true));
        }

        if (body.At("response_format").At("json_schema").At("schema") is { ValueKind: JsonValueKind.Object } schema)
        {
            conversation.AnswerSchema = schema;
        }

        return conversation;
    }

    public void WriteStream(Reply reply, EventStream stream)
    {
        Chunk(reply, stream, json =>
        {
            json.WriteString("role", "assistant");
            json.WriteString("content", string.Empty);
        });
        foreach (var piece in EventStream.Pieces(reply.Thinking ?? string.Empty))
        {
            Chunk(reply, stream, json => json.WriteString("reasoning_content", piece));
        }

        foreach (var piece in EventStream.Pieces(reply.Text))
        {
            Chunk(reply, stream, json => json.WriteString(reply.Stop is "refusal" ? "refusal" : "content", piece));
        }

        for (var i = 0; i < reply.Calls.Length; i++)
        {
            var (index, call) = (i, reply.Calls[i]);
            Chunk(reply, stream, json => Call(json, index, call, string.Empty));
            foreach (var piece in EventStream.Pieces(call.Input))
            {
                Chunk(reply, stream, json => Call(json, index, null, piece));
            }
        }

        Chunk(reply, stream, static _ => { }, FinishReason(reply.Stop));
        if (reply.TellsUsage)
        {
            stream.Event(null, json =>
            {
                Head(reply, json, "chat.completion.chunk");
                json.WriteStartArray("choices");
                json.WriteEndArray();
                Usage(reply, json);
            });
        }

        stream.Event("[DONE]");
    }

    public void WriteWhole(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Head(reply, json, "chat.completion");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", reply.Stop is "refusal" ? null : reply.Text);
        json.WriteString("refusal", reply.Stop is "refusal" ? reply.Text : null);
        if (!reply.Calls.IsEmpty)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in reply.Calls)
            {
                json.WriteStartObject();
                CallBody(json, call, call.Input);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteString("finish_reason", FinishReason(reply.Stop));
        json.WriteEndObject();
        json.WriteEndArray();
        Usage(reply, json);
        json.WriteEndObject();
    }

    public void WriteErrorEvent(StepFault fault, EventStream stream) =>
        stream.Event(null, json => OpenAiWords.Error(fault, json));

    public void WriteError(StepFault fault, string requestId, Utf8JsonWriter json) => OpenAiWords.WriteError(fault, json);

    public void SetHeaders(IHeaderDictionary headers, string requestId, Capacity capacity) =>
        OpenAiWords.SetHeaders(headers, requestId, capacity);

    private static void Add(Conversation conversation, JsonElement message)
    {
        switch (message.TextAt("role"))
        {
            case "system" or "developer":
                conversation.System.AddRange(OpenAiWords.Texts(message.At("content")));
                break;
            case "assistant":
                conversation.AddAssistant(message.ItemsAt("tool_calls").FirstOrDefault().TextAt("id"));
                break;
            case "tool" or "function":
                conversation.AddResult(message.At("content"));
                break;
            default:
                foreach (var text in OpenAiWords.Texts(message.At("content")))
                {
                    conversation.AddUser(text);
                }

                break;
        }
    }

    private static void Head(Reply reply, Utf8JsonWriter json, string kind)
    {
        json.WriteString("id", "chatcmpl-" + reply.Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", reply.Created);
        json.WriteString("model", reply.Model);
    }

    private static void Chunk(Reply reply, EventStream stream, Action<Utf8JsonWriter> delta, string? finish = null) => stream.Event(null, json =>
    {
        Head(reply, json, "chat.completion.chunk");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("delta");
        delta(json);
        json.WriteEndObject();
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void Call(Utf8JsonWriter json, int index, ToolCall? call, string arguments)
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        CallBody(json, call, arguments);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void CallBody(Utf8JsonWriter json, ToolCall? call, string arguments)
    {
        if (call is not null)
        {
            json.WriteString("id", call.Id);
            json.WriteString("type", "function");
        }

        json.WriteStartObject("function");
        if (call is not null)
        {
            json.WriteString("name", call.Name);
        }

        json.WriteString("arguments", arguments);
        json.WriteEndObject();
    }

    private static void Usage(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", reply.Usage.Prompt);
        json.WriteNumber("completion_tokens", reply.Usage.Output);
        json.WriteNumber("total_tokens", reply.Usage.Prompt + reply.Usage.Output);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", reply.Usage.CacheRead);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string FinishReason(string stop) => stop switch
    {
        "end_turn" or "pause_turn" or "refusal" => "stop",
        "tool_use" => "tool_calls",
        "max_tokens" => "length",
        _ => stop,
    };
}
