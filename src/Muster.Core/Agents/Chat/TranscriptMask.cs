using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Muster.Artefacts;

namespace Muster.Agents.Chat;

/// <summary>Takes secrets out of what is written of a conversation: those whose form is known, and the key that is used.</summary>
internal sealed class TranscriptMask(Func<string?> key)
{
    /// <summary>The text without them.</summary>
    public string Text(string text)
    {
        var masked = SecretMask.Apply(text);
        return key() is { Length: >= 8 } known && masked.Contains(known, StringComparison.Ordinal)
            ? masked.Replace(known, SecretMask.Of(known), StringComparison.Ordinal)
            : masked;
    }

    /// <summary>The message without them. A provider's seal on a thought is no secret, and it must stay as it is.</summary>
    public ChatMessage Message(ChatMessage message) => new(message.Role, [.. message.Contents.Select(Content)]);

    private AIContent Content(AIContent content) => content switch
    {
        TextContent text => new TextContent(Text(text.Text)),
        TextReasoningContent thought => thought.ProtectedData is null ? new TextReasoningContent(Text(thought.Text)) : thought,
        FunctionResultContent result => new FunctionResultContent(result.CallId, Text(result.Result?.ToString() ?? string.Empty)) { AdditionalProperties = result.AdditionalProperties },
        FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, call.Arguments?.ToDictionary(a => a.Key, a => Argument(a.Value))),
        _ => content,
    };

    private object? Argument(object? value) => value switch
    {
        string text => Text(text),
        JsonElement { ValueKind: JsonValueKind.String } element => Text(element.GetString()!),
        JsonElement { ValueKind: JsonValueKind.Object or JsonValueKind.Array } element => Node(JsonNode.Parse(element.GetRawText())),
        _ => value,
    };

    private JsonNode? Node(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Node(p.Value?.DeepClone())))),
        JsonArray list => new JsonArray([.. list.Select(item => Node(item?.DeepClone()))]),
        JsonValue value when value.GetValueKind() is JsonValueKind.String => JsonValue.Create(Text(value.GetValue<string>())),
        _ => node,
    };
}
