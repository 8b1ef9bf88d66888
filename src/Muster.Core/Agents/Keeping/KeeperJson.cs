using System.Text.Json.Serialization;

namespace Muster.Agents.Keeping;

/// <summary>The shapes that the keeper reads and writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeeperRequest))]
[JsonSerializable(typeof(KeeperEvent))]
[JsonSerializable(typeof(AttemptOrigin))]
[JsonSerializable(typeof(AttemptEnd))]
internal sealed partial class KeeperJson : JsonSerializerContext;
