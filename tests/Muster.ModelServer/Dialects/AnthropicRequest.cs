using System.Text.Json;

namespace Muster.Loopback.Dialects;

/// <summary>Reads a body of Anthropic Messages. What it does not know it lets pass.</summary>
internal static class AnthropicRequest
{
    public static Conversation Read(JsonElement body)
    {
        var conversation = new Conversation(body.TextAt("model") ?? "claude-rehearsed", body.At("stream").ValueKind is JsonValueKind.True);
        foreach (var tool in body.ItemsAt("tools"))
        {
            conversation.Tools.Add(new(tool.TextAt("name") ?? string.Empty, tool.At("input_schema")));
            Keep(conversation, "tools", tool);
        }

        foreach (var block in Blocks(body.At("system")))
        {
            conversation.System.Add(Text(block));
            Keep(conversation, "system", block);
        }

        foreach (var message in body.ItemsAt("messages"))
        {
            var role = message.TextAt("role") ?? "user";
            foreach (var block in Blocks(message.At("content")))
            {
                Add(conversation, role, block);
                Keep(conversation, role, block);
            }
        }

        if (body.At("cache_control").ValueKind is JsonValueKind.Object && conversation.Blocks.Count > 0)
        {
            conversation.Blocks[^1] = conversation.Blocks[^1] with { IsBreakpoint = true };
        }

        if (body.At("output_config").At("format").At("schema") is { ValueKind: JsonValueKind.Object } schema)
        {
            conversation.AnswerSchema = schema;
        }

        return conversation;
    }

    private static void Add(Conversation conversation, string role, JsonElement block)
    {
        switch (role, block.TextAt("type"))
        {
            case ("system", _):
                conversation.System.Add(Text(block));
                break;
            case ("assistant", _):
                conversation.AddAssistant(block.TextAt("id"));
                break;
            case (_, "tool_result"):
                conversation.AddResult(block.At("content"));
                break;
            case (_, null or "text"):
                conversation.AddUser(Text(block));
                break;
            default:
                break;
        }
    }

    private static void Keep(Conversation conversation, string role, JsonElement block) =>
        conversation.Blocks.Add(new(role, block, block.At("cache_control").ValueKind is JsonValueKind.Object));

    /// <summary>A text stands for a list with one block.</summary>
    private static IEnumerable<JsonElement> Blocks(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => [content],
        JsonValueKind.Array => content.EnumerateArray(),
        _ => [],
    };

    private static string Text(JsonElement block) =>
        (block.ValueKind is JsonValueKind.String ? block.GetString() : block.TextAt("text")) ?? string.Empty;
}
