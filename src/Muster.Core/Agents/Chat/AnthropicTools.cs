using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat;

/// <summary>The tools of a conversation in the client's own form, made once and not for each of its requests.</summary>
internal static class AnthropicTools
{
    /// <summary>Options whose requests begin with the tools as they are here.</summary>
    /// <param name="options">With tools that are declarations.</param>
    public static ChatOptions Prepare(ChatOptions options)
    {
        var begun = new MessageCreateParams
        {
            Model = options.ModelId!,
            MaxTokens = options.MaxOutputTokens ?? 0,
            Messages = [],
            Tools = [.. options.Tools!.OfType<AIFunctionDeclaration>().Select(Of)],
        };
        var prepared = options.Clone();
        prepared.Tools = null;
        prepared.RawRepresentationFactory = _ => begun;
        return prepared;
    }

    private static ToolUnion Of(AIFunctionDeclaration declaration) => new Tool
    {
        Name = declaration.Name,
        Description = declaration.Description,
        InputSchema = InputSchema.FromRawUnchecked(declaration.JsonSchema.EnumerateObject().ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal)),
    };
}
