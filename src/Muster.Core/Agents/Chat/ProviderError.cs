using System.Text;
using System.Text.Json;

namespace Muster.Agents.Chat;

/// <summary>Reads what a provider writes into the body of a refusal.</summary>
internal static class ProviderError
{
    private const int MostBytes = 16_384, MostCharacters = 500;

    /// <summary>The fault's type and words; the words alone where the body is no JSON that is known.</summary>
    /// <param name="body">Read no further than a little way.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(string? Type, string Message)> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostBytes];
        var length = await body.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, cancellationToken);
        return Parse(Encoding.UTF8.GetString(bytes, 0, length));
    }

    /// <summary>The same for a body that was read.</summary>
    public static (string? Type, string Message) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is JsonValueKind.Object)
            {
                var error = json.RootElement.TryGetProperty("error", out var inner) && inner.ValueKind is JsonValueKind.Object ? inner : json.RootElement;
                if (Text(error, "message") is { } message)
                {
                    var details = error.TryGetProperty("details", out var more) && more.ValueKind is JsonValueKind.Object ? more : error;
                    return (Text(error, "code") ?? Text(details, "error_code") ?? Text(error, "type"), Short(message));
                }
            }
        }
        catch (JsonException)
        {
            // A proxy's page of HTML, or a part of something long: its beginning says enough.
        }

        return (null, Short(body));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static string Short(string text) => text.Length <= MostCharacters ? text.Trim() : text[..MostCharacters].Trim() + " … [cut]";
}
