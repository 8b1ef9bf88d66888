using System.Text.Json;

namespace Muster.Loopback.Dialects;

/// <summary>The response object of OpenAI Responses and the items in it.</summary>
internal static class ResponsesObject
{
    public static string StatusOf(Reply reply) => reply.Stop is "max_tokens" ? "incomplete" : "completed";

    public static void Write(Reply reply, string status, Utf8JsonWriter json)
    {
        json.WriteString("id", "resp_" + reply.Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", reply.Created);
        json.WriteString("status", status);
        json.WriteNull("error");
        if (status is "incomplete")
        {
            json.WriteStartObject("incomplete_details");
            json.WriteString("reason", "max_output_tokens");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details");
        }

        json.WriteString("model", reply.Model);
        json.WriteStartArray("output");
        if (status is not "in_progress")
        {
            Items(reply, json);
        }

        json.WriteEndArray();
        json.WriteBoolean("parallel_tool_calls", true);
        json.WriteString("tool_choice", "auto");
        json.WriteStartArray("tools");
        json.WriteEndArray();
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        if (status is not "in_progress")
        {
            Usage(reply, json);
        }
    }

    public static bool HasMessage(Reply reply) => reply.Text.Length > 0 || reply.Calls.IsEmpty;

    public static void Reasoning(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", "rs_" + reply.Id);
        json.WriteString("type", "reasoning");
        json.WriteStartArray("summary");
        json.WriteStartObject();
        json.WriteString("type", "summary_text");
        json.WriteString("text", reply.Thinking);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The message; null for <paramref name="text"/> leaves it without content, as it begins.</summary>
    public static void Message(Reply reply, string? text, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", "msg_" + reply.Id);
        json.WriteString("type", "message");
        json.WriteString("status", text is null ? "in_progress" : StatusOf(reply));
        json.WriteString("role", "assistant");
        json.WriteStartArray("content");
        if (text is not null)
        {
            Part(reply, text, json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Part(Reply reply, string text, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (reply.Stop is "refusal")
        {
            json.WriteString("type", "refusal");
            json.WriteString("refusal", text);
        }
        else
        {
            json.WriteString("type", "output_text");
            json.WriteString("text", text);
            json.WriteStartArray("annotations");
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    public static void Call(ToolCall call, string arguments, bool isDone, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", "fc_" + call.Id);
        json.WriteString("type", "function_call");
        json.WriteString("status", isDone ? "completed" : "in_progress");
        json.WriteString("call_id", call.Id);
        json.WriteString("name", call.Name);
        json.WriteString("arguments", arguments);
        json.WriteEndObject();
    }

    private static void Items(Reply reply, Utf8JsonWriter json)
    {
        if (reply.Thinking is not null)
        {
            Reasoning(reply, json);
        }

        if (HasMessage(reply))
        {
            Message(reply, reply.Text, json);
        }

        foreach (var call in reply.Calls)
        {
            Call(call, call.Input, isDone: true, json);
        }
    }

    private static void Usage(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", reply.Usage.Prompt);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", reply.Usage.CacheRead);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", reply.Usage.Output);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", TokenUse.Of(reply.Thinking?.Length ?? 0));
        json.WriteEndObject();
        json.WriteNumber("total_tokens", reply.Usage.Prompt + reply.Usage.Output);
        json.WriteEndObject();
    }
}
