using System.Text.Json.Serialization;

namespace Muster.Artefacts;

/// <summary>Source-generated reader and writer of the evidence file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvidenceRecord))]
internal sealed partial class EvidenceShape : JsonSerializerContext;
