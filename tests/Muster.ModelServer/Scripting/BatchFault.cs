using System.Text.Json;

namespace Muster.Loopback.Scripting;

/// <summary>What goes wrong when somebody makes a batch.</summary>
/// <param name="Fault">What the client sees.</param>
/// <param name="IsMade">The batch is there all the same: the answer was lost, not the request.</param>
internal sealed record BatchFault(StepFault Fault, bool IsMade)
{
    public static BatchFault Read(JsonElement element) => new(
        StepReader.Fault(element.GetProperty("fault")),
        element.TryGetProperty("is_made", out var made) && made.GetBoolean());
}
