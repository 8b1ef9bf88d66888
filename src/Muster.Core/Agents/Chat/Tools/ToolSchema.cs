using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>What a model is told of a tool, written out so that it is the same bytes every time.</summary>
internal static class ToolSchema
{
    /// <summary>A declaration.</summary>
    /// <param name="name">The tool's name, as plans have it.</param>
    /// <param name="description">What it does, for the model.</param>
    /// <param name="properties">The JSON of the schema's properties.</param>
    /// <param name="required">Names of those that must be given.</param>
    public static AIFunctionDeclaration Declare(string name, string description, string properties, params ReadOnlySpan<string> required)
    {
        var names = string.Join(',', required.ToArray().Select(r => $"\"{r}\""));
        using var schema = JsonDocument.Parse(
            $$"""{"type":"object","properties":{{properties}},"required":[{{names}}],"additionalProperties":false}""");
        return AIFunctionFactory.CreateDeclaration(name, description, schema.RootElement.Clone());
    }
}
