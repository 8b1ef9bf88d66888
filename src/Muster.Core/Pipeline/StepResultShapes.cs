using System.Text.Json.Serialization;

namespace Muster.Pipeline;

/// <summary>Source-generated readers and writers of the JSON of results and of what is asked.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(StepResult))]
[JsonSerializable(typeof(BuilderAsk))]
[JsonSerializable(typeof(QcAsk))]
[JsonSerializable(typeof(Muster.Runs.RunLimits))]
[JsonSerializable(typeof(BranchHead[]))]
[JsonSerializable(typeof(Muster.Runs.StepAsk))]
internal sealed partial class StepResultShapes : JsonSerializerContext;
