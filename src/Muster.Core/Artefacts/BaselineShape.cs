using System.Text.Json.Serialization;

namespace Muster.Artefacts;

/// <summary>Source-generated reader and writer of the baseline file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(BaselineRecord))]
internal sealed partial class BaselineShape : JsonSerializerContext;
