using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Muster.Loopback.Scripting;

namespace Muster.Loopback.Dialects;

/// <summary>What Chat Completions and Responses have in common: errors, headers, texts.</summary>
internal static class OpenAiWords
{
    public static void WriteError(StepFault fault, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Error(fault, json);
        json.WriteEndObject();
    }

    public static void SetHeaders(IHeaderDictionary headers, string requestId, Capacity capacity)
    {
        headers["x-request-id"] = requestId;
        headers["openai-processing-ms"] = "1";
        var reset = $"{Math.Max(0, (int)(capacity.Reset - capacity.Now).TotalMilliseconds)}ms";
        headers["x-ratelimit-limit-requests"] = capacity.Limit.ToString();
        headers["x-ratelimit-remaining-requests"] = capacity.Remaining.ToString();
        headers["x-ratelimit-reset-requests"] = reset;
        headers["x-ratelimit-limit-tokens"] = ((long)capacity.Limit * Capacity.TokensPerRequest).ToString();
        headers["x-ratelimit-remaining-tokens"] = ((long)capacity.Remaining * Capacity.TokensPerRequest).ToString();
        headers["x-ratelimit-reset-tokens"] = reset;
    }

    public static void Error(StepFault fault, Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("message", ErrorWords.Message(fault));
        json.WriteString("type", fault.Type ?? TypeOf(fault.Status));
        json.WriteNull("param");
        json.WriteString("code", fault.Code ?? CodeOf(fault.Status));
        json.WriteEndObject();
    }

    /// <summary>A text, or a list of parts that have texts.</summary>
    public static IEnumerable<string> Texts(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => [content.GetString()!],
        JsonValueKind.Array => content.EnumerateArray().Select(part => part.TextAt("text")).OfType<string>(),
        _ => [],
    };

    public static string? CodeOf(int status) => status switch
    {
        401 => "invalid_api_key",
        404 => "model_not_found",
        429 => "rate_limit_exceeded",
        503 or 529 => "server_is_overloaded",
        >= 500 => "server_error",
        _ => null,
    };

    private static string TypeOf(int status) => status switch
    {
        429 => "requests",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
