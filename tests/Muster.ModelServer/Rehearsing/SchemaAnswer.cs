using System.Text.Json;
using System.Text.Json.Nodes;
using Muster.Loopback.Dialects;

namespace Muster.Loopback.Rehearsing;

/// <summary>The smallest answer that a schema lets pass: first choices, least items, required properties.</summary>
internal static class SchemaAnswer
{
    private const int MaxDepth = 16;

    /// <summary>Null where the request wants no schema.</summary>
    public static string? For(Conversation conversation) =>
        conversation.AnswerSchema is { } schema ? Of(schema, schema, 0)?.ToJsonString() ?? "null" : null;

    private static JsonNode? Of(JsonElement schema, JsonElement root, int depth)
    {
        if (depth > MaxDepth)
        {
            return null;
        }

        if (schema.TextAt("$ref") is { } reference)
        {
            return Of(reference.Split('/').Skip(1).Aggregate(root, (at, name) => at.At(name)), root, depth + 1);
        }

        if (schema.ItemsAt("enum").FirstOrDefault() is { ValueKind: not JsonValueKind.Undefined } first)
        {
            return JsonNode.Parse(first.GetRawText());
        }

        var choice = schema.ItemsAt("anyOf").Concat(schema.ItemsAt("oneOf")).FirstOrDefault();
        return choice.ValueKind is not JsonValueKind.Undefined ? Of(choice, root, depth + 1) : OfType(schema, root, depth);
    }

    private static JsonNode? OfType(JsonElement schema, JsonElement root, int depth)
    {
        var type = schema.TextAt("type") ?? schema.ItemsAt("type").FirstOrDefault() switch
        {
            { ValueKind: JsonValueKind.String } first => first.GetString(),
            _ => "object",
        };
        switch (type!.ToLowerInvariant()) // Gemini writes types in capitals.
        {
            case "object":
                var required = schema.ItemsAt("required").Select(name => name.GetString()!);
                return new JsonObject(required.Select(name => KeyValuePair.Create(name, Of(schema.At("properties").At(name), root, depth + 1))));
            case "array":
                var least = schema.At("minItems") is { ValueKind: JsonValueKind.Number } count ? count.GetInt32() : 0;
                return new JsonArray([.. Enumerable.Range(0, least).Select(_ => Of(schema.At("items"), root, depth + 1))]);
            case "integer" or "number":
                return schema.At("minimum") is { ValueKind: JsonValueKind.Number } minimum ? JsonNode.Parse(minimum.GetRawText()) : JsonValue.Create(0);
            case "boolean":
                return JsonValue.Create(false);
            case "null":
                return null;
            default:
                return JsonValue.Create("rehearsed");
        }
    }
}
