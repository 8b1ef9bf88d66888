using System.Text.Json;

namespace Muster.Agents.Cli;

/// <summary>Looks into what a CLI wrote, where anything may be missing or of another kind.</summary>
internal static class CliJson
{
    /// <summary>A member's text; null when it is no text.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A member's whole number; 0 when it is none.</summary>
    public static long Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : 0;

    /// <summary>A member's amount; null when it is none.</summary>
    public static decimal? Amount(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var amount) ? amount : null;

    /// <summary>A member; undefined when it is not there.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The elements of a member that is an array; none when it is no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The members of a member that is an object; none when it is no object.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

    /// <summary>What a call of a tool is about, for people: "Read src/x.cs".</summary>
    public static string Words(string tool, JsonElement input)
    {
        foreach (var name in (ReadOnlySpan<string>)["file_path", "filePath", "path", "dir_path", "pattern", "command"])
        {
            if (input.Text(name) is { Length: > 0 } about)
            {
                return $"{tool} {CliFailures.Short(about)}";
            }
        }

        return tool;
    }
}
