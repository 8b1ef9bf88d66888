using System.Globalization;
using System.Text.Json;

namespace Muster.Agents.Chat.Tools;

/// <summary>What a model handed to a tool: untrusted, of any shape.</summary>
internal sealed class ToolArguments(IDictionary<string, object?>? values)
{
    /// <summary>A text that must be there.</summary>
    /// <exception cref="ToolException">It is missing or no text.</exception>
    public string Text(string name) => TextOrNull(name) ?? throw new ToolException($"The argument '{name}' is missing.");

    /// <summary>A text; null when it is not given.</summary>
    /// <exception cref="ToolException">It is no text.</exception>
    public string? TextOrNull(string name) => Find(name) switch
    {
        null => null,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString(),
        _ => throw new ToolException($"The argument '{name}' must be a text."),
    };

    /// <summary>A whole number, held within bounds.</summary>
    /// <exception cref="ToolException">It is no number.</exception>
    public int Number(string name, int otherwise, int least, int most)
    {
        var number = Find(name) switch
        {
            null => otherwise,
            int value => value,
            long value => value,
            JsonElement { ValueKind: JsonValueKind.Number } element => element.GetDouble(),
            JsonElement { ValueKind: JsonValueKind.String } element
                when double.TryParse(element.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
            _ => throw new ToolException($"The argument '{name}' must be a whole number."),
        };
        return double.IsNaN(number) ? otherwise : (int)Math.Clamp(number, least, most);
    }

    /// <summary>Yes or no; no when it is not given.</summary>
    /// <exception cref="ToolException">It is neither.</exception>
    public bool Flag(string name) => Find(name) switch
    {
        null => false,
        bool value => value,
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        _ => throw new ToolException($"The argument '{name}' must be true or false."),
    };

    private object? Find(string name) =>
        values is null || !values.TryGetValue(name, out var value) || value is JsonElement { ValueKind: JsonValueKind.Null } ? null : value;
}
