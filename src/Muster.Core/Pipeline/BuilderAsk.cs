using System.Text.Json;

namespace Muster.Pipeline;

/// <summary>What a round of a builder stands for, beside its words.</summary>
/// <param name="Brief">Hash of the contracts that it builds against.</param>
/// <param name="Fixes">How many fix cycles it has had, with this one; a person's words begin anew.</param>
/// <param name="Gate">Hash of a stage's gate that was rejected last and sent it back; null where none did.</param>
internal sealed record BuilderAsk(string Brief, int Fixes, string? Gate = null)
{
    public string ToJson() => JsonSerializer.Serialize(this, StepResultShapes.Default.BuilderAsk);

    public static BuilderAsk Parse(string json) => JsonSerializer.Deserialize(json, StepResultShapes.Default.BuilderAsk)!;
}
