using System.Text.Json.Serialization;

namespace Muster.Agents.Keeping;

/// <summary>Source-generated readers and writers of the keeper's messages and records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(KeeperRequest))]
[JsonSerializable(typeof(KeeperEvent))]
[JsonSerializable(typeof(AttemptRecord))]
[JsonSerializable(typeof(ExitRecord))]
internal sealed partial class KeeperShape : JsonSerializerContext;
