using System.Text.Json;
using Muster.Models;

namespace Muster.Agents.Batches;

/// <summary>How one request of a batch ended.</summary>
/// <param name="Kind">succeeded, errored, expired or canceled; missing where the batch has no result for it, refused where there was no batch.</param>
internal sealed record BatchAnswer(string Kind)
{
    /// <summary>succeeded: what the model said.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>succeeded: why it stopped, in the provider's words.</summary>
    public string? Stop { get; init; }

    /// <summary>succeeded: what more the provider says on that.</summary>
    public string? StopDetail { get; init; }

    /// <summary>succeeded: what it took; null where nothing is told.</summary>
    public ModelTokens? Tokens { get; init; }

    /// <summary>errored: the error as JSON.</summary>
    public string? Error { get; init; }

    /// <summary>errored: the error's type, in the provider's words.</summary>
    public string? ErrorType { get; init; }

    /// <summary>refused: why the whole batch was not taken.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>Reads a line of results: whose it is, null where it is none of ours, and how it ended.</summary>
    public static (BatchKey? Key, BatchAnswer Answer) Read(JsonElement line)
    {
        var key = BatchKey.Parse(line.ValueKind is JsonValueKind.Object ? TextOf(line, "custom_id") : null);
        if (key is null || !line.TryGetProperty("result", out var result) || TextOf(result, "type") is not { } kind)
        {
            return (key, new("missing"));
        }

        return (key, kind switch
        {
            "succeeded" when result.TryGetProperty("message", out var message) => new(kind)
            {
                Text = SaidIn(message),
                Stop = TextOf(message, "stop_reason"),
                StopDetail = message.TryGetProperty("stop_details", out var details) && details.ValueKind is JsonValueKind.Object ? details.GetRawText() : null,
                Tokens = TokensIn(message),
            },
            "errored" when result.TryGetProperty("error", out var error) => new(kind)
            {
                Error = error.GetRawText(),
                ErrorType = TextOf(error.ValueKind is JsonValueKind.Object && error.TryGetProperty("error", out var inner) ? inner : error, "type"),
            },
            _ => new(kind),
        });
    }

    private static string SaidIn(JsonElement message) =>
        message.TryGetProperty("content", out var content) && content.ValueKind is JsonValueKind.Array
            ? string.Concat(content.EnumerateArray().Where(block => TextOf(block, "type") == "text").Select(block => TextOf(block, "text")))
            : string.Empty;

    private static ModelTokens? TokensIn(JsonElement message)
    {
        if (!message.TryGetProperty("usage", out var usage) || usage.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        long Of(string name) => usage.TryGetProperty(name, out var count) && count.TryGetInt64(out var number) ? number : 0;
        return new(Of("input_tokens"), Of("output_tokens"), Of("cache_read_input_tokens"), Of("cache_creation_input_tokens"));
    }

    private static string? TextOf(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
