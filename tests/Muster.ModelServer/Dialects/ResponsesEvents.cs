using System.Text.Json;

namespace Muster.Loopback.Dialects;

/// <summary>The events of one streamed response of OpenAI Responses.</summary>
internal sealed class ResponsesEvents(Reply reply, EventStream stream)
{
    private int sequence;
    private int output;

    public void Write()
    {
        Response("response.created", "in_progress");
        Response("response.in_progress", "in_progress");
        if (reply.Thinking is not null)
        {
            Item(json => ResponsesObject.Reasoning(reply, json), json => ResponsesObject.Reasoning(reply, json), static () => { });
        }

        if (ResponsesObject.HasMessage(reply))
        {
            Item(json => ResponsesObject.Message(reply, null, json), json => ResponsesObject.Message(reply, reply.Text, json), MessageParts);
        }

        foreach (var call in reply.Calls)
        {
            Item(
                json => ResponsesObject.Call(call, string.Empty, isDone: false, json),
                json => ResponsesObject.Call(call, call.Input, isDone: true, json),
                () => Arguments(call));
        }

        var status = ResponsesObject.StatusOf(reply);
        Response("response." + status, status);
    }

    private void MessageParts()
    {
        var kind = reply.Stop is "refusal" ? "refusal" : "output_text";
        Part("response.content_part.added", string.Empty);
        foreach (var piece in EventStream.Pieces(reply.Text))
        {
            InMessage($"response.{kind}.delta", json => json.WriteString("delta", piece));
        }

        InMessage($"response.{kind}.done", json => json.WriteString(kind is "refusal" ? "refusal" : "text", reply.Text));
        Part("response.content_part.done", reply.Text);
    }

    private void Arguments(ToolCall call)
    {
        foreach (var piece in EventStream.Pieces(call.Input))
        {
            Event("response.function_call_arguments.delta", json =>
            {
                json.WriteString("item_id", "fc_" + call.Id);
                json.WriteNumber("output_index", output);
                json.WriteString("delta", piece);
            });
        }

        Event("response.function_call_arguments.done", json =>
        {
            json.WriteString("item_id", "fc_" + call.Id);
            json.WriteString("name", call.Name);
            json.WriteNumber("output_index", output);
            json.WriteString("arguments", call.Input);
        });
    }

    private void Part(string type, string text) => InMessage(type, json =>
    {
        json.WritePropertyName("part");
        ResponsesObject.Part(reply, text, json);
    });

    private void InMessage(string type, Action<Utf8JsonWriter> write) => Event(type, json =>
    {
        json.WriteString("item_id", "msg_" + reply.Id);
        json.WriteNumber("output_index", output);
        json.WriteNumber("content_index", 0);
        write(json);
    });

    private void Item(Action<Utf8JsonWriter> begin, Action<Utf8JsonWriter> end, Action between)
    {
        ItemEvent("response.output_item.added", begin);
        between();
        ItemEvent("response.output_item.done", end);
        output++;
    }

    private void ItemEvent(string type, Action<Utf8JsonWriter> item) => Event(type, json =>
    {
        json.WriteNumber("output_index", output);
        json.WritePropertyName("item");
        item(json);
    });

    private void Response(string type, string status) => Event(type, json =>
    {
        json.WriteStartObject("response");
        ResponsesObject.Write(reply, status, json);
        json.WriteEndObject();
    });

    private void Event(string type, Action<Utf8JsonWriter> write) => stream.Event(type, json =>
    {
        json.WriteString("type", type);
        json.WriteNumber("sequence_number", sequence++);
        write(json);
    });
}
