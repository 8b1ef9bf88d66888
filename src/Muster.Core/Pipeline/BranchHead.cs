using System.Text.Json;

namespace Muster.Pipeline;

/// <summary>A finished branch.</summary>
/// <param name="Module">Whose it is.</param>
/// <param name="Commit">Its head.</param>
internal sealed record BranchHead(string Module, string Commit)
{
    public static string ToJson(IEnumerable<BranchHead> heads) => JsonSerializer.Serialize([.. heads], StepResultShapes.Default.BranchHeadArray);

    public static IReadOnlyList<BranchHead> Parse(string json) => JsonSerializer.Deserialize(json, StepResultShapes.Default.BranchHeadArray)!;
}
