using System.Text.Json.Serialization;

namespace Muster.Plans;

/// <summary>Source-generated reader and writer of a task's JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(TaskSpec))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class TaskShape : JsonSerializerContext;
