using System.Collections.Immutable;
using System.Text.Json;

namespace Muster.Pipeline;

/// <summary>What is to be examined, beside the commit.</summary>
/// <param name="Start">The commit that the module's round started from.</param>
/// <param name="Ignored">What lies in the module's paths and is in no commit.</param>
internal sealed record QcAsk(string Start, ImmutableArray<string> Ignored)
{
    public string ToJson() => JsonSerializer.Serialize(this, StepResultShapes.Default.QcAsk);

    public static QcAsk Parse(string json) => JsonSerializer.Deserialize(json, StepResultShapes.Default.QcAsk)!;
}
