using System.Text.Json;

namespace Muster.Loopback.Scripting;

/// <summary>What goes wrong when somebody makes a batch.</summary>
/// <param name="Fault">What the client sees; null: nothing is wrong with the answer.</param>
/// <param name="IsMade">The batch is there all the same: the answer was lost, not the request.</param>
/// <param name="CutsResults">Whether the first stream of its results is cut in the middle.</param>
internal sealed record BatchFault(StepFault? Fault, bool IsMade, bool CutsResults)
{
    public static BatchFault Read(JsonElement element)
    {
        foreach (var property in element.EnumerateObject())
        {
            _ = property.Name is "fault" or "is_made" or "cuts_results" ? true : throw new ScriptFormatException($"a fault of a batch has no '{property.Name}'");
        }

        bool Says(string name) => element.TryGetProperty(name, out var said) && said.GetBoolean();
        var fault = element.TryGetProperty("fault", out var given) ? StepReader.Fault(given) : null;
        return new(fault, fault is null || Says("is_made"), Says("cuts_results"));
    }
}
