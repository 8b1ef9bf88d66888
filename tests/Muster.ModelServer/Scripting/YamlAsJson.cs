using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Muster.Loopback.Scripting;

/// <summary>Reads YAML, of which JSON is a part, as JSON. Only plain scalars become numbers and truth values.</summary>
internal static class YamlAsJson
{
    public static JsonDocument Read(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var root = yaml.Documents.Count == 0 ? new JsonObject() : Of(yaml.Documents[0].RootNode);
        return JsonDocument.Parse(root?.ToJsonString() ?? "{}");
    }

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Of(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => OfPlain(scalar.Value ?? string.Empty),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new ScriptFormatException($"line {node.Start.Line}: aliases are not read"),
    };

    private static JsonValue? OfPlain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, out var number) => JsonValue.Create(number),
        _ when double.TryParse(text, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
