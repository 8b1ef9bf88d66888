using System.Globalization;
using System.Text.Json;

namespace Muster.Agents.Batches;

/// <summary>What the provider tells of a batch.</summary>
/// <param name="Id">Its name there.</param>
/// <param name="HasEnded">Whether all its requests have an outcome.</param>
/// <param name="Created">When it was made, by the provider's clock.</param>
/// <param name="Requests">How many it has.</param>
internal sealed record BatchState(string Id, bool HasEnded, DateTimeOffset Created, int Requests)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is no batch.</exception>
    public static BatchState Read(JsonElement json)
    {
        try
        {
            return new(
                json.GetProperty("id").GetString()!,
                json.GetProperty("processing_status").GetString() == "ended",
                DateTimeOffset.Parse(json.GetProperty("created_at").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                json.GetProperty("request_counts").EnumerateObject().Sum(count => count.Value.GetInt32()));
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            throw new JsonException($"the provider's answer is no batch: {e.Message}", e);
        }
    }
}
