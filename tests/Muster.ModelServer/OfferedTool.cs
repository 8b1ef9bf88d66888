using System.Text.Json;

namespace Muster.Loopback;

/// <summary>A tool that a request offers.</summary>
/// <param name="Name">As the call must have it.</param>
/// <param name="Schema">JSON schema of its input; undefined where the request has none.</param>
internal sealed record OfferedTool(string Name, JsonElement Schema)
{
    private JsonElement Properties =>
        Schema.ValueKind is JsonValueKind.Object && Schema.TryGetProperty("properties", out var properties) ? properties : default;

    /// <summary>The first of some names that the input has; null when it has none of them.</summary>
    public string? FirstOf(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Properties.ValueKind is JsonValueKind.Object && Properties.TryGetProperty(name, out _))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>The property takes a list, such as a command in words.</summary>
    public bool TakesList(string name) =>
        Properties.TryGetProperty(name, out var property) && property.TryGetProperty("type", out var type) && type.ValueEquals("array");
}
