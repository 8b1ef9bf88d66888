using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat.Tools;

/// <summary>The result of a call, as it stands in a conversation.</summary>
internal static class ToolResult
{
    private const string ErrorKey = "error";

    /// <summary>A call that was carried out.</summary>
    public static FunctionResultContent Of(FunctionCallContent call, string text) => new(call.CallId, text);

    /// <summary>A call that could not be carried out.</summary>
    public static FunctionResultContent Error(FunctionCallContent call, string reason) =>
        new(call.CallId, "Error: " + reason) { AdditionalProperties = new() { [ErrorKey] = true } };

    /// <summary>Whether it tells of a call that could not be carried out; also after it was read back from a transcript.</summary>
    public static bool IsError(FunctionResultContent result) => result.AdditionalProperties?.ContainsKey(ErrorKey) is true;

    /// <summary>Its text.</summary>
    public static string Text(FunctionResultContent result) => result.Result?.ToString() ?? string.Empty;
}
