using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>OpenAI Responses, <c>POST /v1/responses</c>, as codex wants it.</summary>
internal sealed class OpenAiResponsesDialect : IDialect
{
    public string CallPrefix => "call_";

    public bool CachesByItself => true;

    public Conversation Read(JsonElement body, string path)
    {
        var conversation = new Conversation(body.TextAt("model") ?? "rehearsed", body.At("stream").ValueKind is JsonValueKind.True);
        foreach (var tool in body.ItemsAt("tools"))
        {
            conversation.Blocks.Add(new("tools", tool, true));
            if (tool.TextAt("type") is "function")
            {
                conversation.Tools.Add(new(tool.TextAt("name") ?? string.Empty, tool.At("parameters")));
            }
        }

        if (body.At("instructions") is { ValueKind: JsonValueKind.String } instructions)
        {
            conversation.System.Add(instructions.GetString()!);
            conversation.Blocks.Add(new("instructions", instructions, true));
        }

        if (body.At("input") is { ValueKind: JsonValueKind.String } input)
        {
            conversation.AddUser(input.GetString()!);
            conversation.Blocks.Add(new("input", input, true));
        }

        foreach (var item in body.ItemsAt("input"))
        {
            Add(conversation, item);
            conversation.Blocks.Add(new("input", item, true));
        }

        if (body.At("text").At("format").At("schema") is { ValueKind: JsonValueKind.Object } schema)
        {
            conversation.AnswerSchema = schema;
        }

        return conversation;
    }

    public void WriteStream(Reply reply, EventStream stream) => new ResponsesEvents(reply, stream).Write();

    public void WriteWhole(Reply reply, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        ResponsesObject.Write(reply, ResponsesObject.StatusOf(reply), json);
        json.WriteEndObject();
    }

    public void WriteError(StepFault fault, string requestId, Utf8JsonWriter json) => OpenAiWords.WriteError(fault, json);

    public void WriteErrorEvent(StepFault fault, EventStream stream) => stream.Event("response.failed", json =>
    {
        json.WriteString("type", "response.failed");
        json.WriteNumber("sequence_number", stream.Ends.Count);
        json.WriteStartObject("response");
        json.WriteString("id", "resp_failed");
        json.WriteString("object", "response");
        json.WriteString("status", "failed");
        json.WriteStartObject("error");
        json.WriteString("code", fault.Code ?? OpenAiWords.CodeOf(fault.Status is 0 ? 529 : fault.Status));
        json.WriteString("message", ErrorWords.Message(fault));
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public void SetHeaders(IHeaderDictionary headers, string requestId, Capacity capacity) =>
        OpenAiWords.SetHeaders(headers, requestId, capacity);

    private static void Add(Conversation conversation, JsonElement item)
    {
        switch (item.TextAt("type"), item.TextAt("role"))
        {
            case (null or "message", "assistant"):
                conversation.AddAssistant(null);
                break;
            case (null or "message", "system" or "developer"):
                conversation.System.AddRange(OpenAiWords.Texts(item.At("content")));
                break;
            case (null or "message", _):
                foreach (var text in OpenAiWords.Texts(item.At("content")))
                {
                    conversation.AddUser(text);
                }

                break;
            case ("function_call" or "custom_tool_call" or "local_shell_call", _):
                conversation.AddAssistant(item.TextAt("call_id"));
                break;
            case ("function_call_output" or "custom_tool_call_output", _):
                conversation.AddResult(item.At("output"));
                break;
            default:
                break; // Reasoning, and what comes after this was written.
        }
    }
}
