using System.Text.Json.Serialization;

namespace Muster.Contracts;

/// <summary>Source-generated reader and writer of a blueprint's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Blueprint))]
internal sealed partial class BlueprintShape : JsonSerializerContext;
