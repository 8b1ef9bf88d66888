using System.Text.Json;

namespace Muster.Loopback.Batches;

/// <summary>One request of a batch.</summary>
/// <param name="CustomId">The sender's name of it, unlike all others of the batch.</param>
/// <param name="Params">A body of Anthropic Messages.</param>
internal sealed record BatchRequest(string CustomId, JsonElement Params);
