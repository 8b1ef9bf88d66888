using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>What a step of the engine's own came to.</summary>
/// <param name="Result">For the workflow.</param>
/// <param name="Line">One sentence for people.</param>
/// <param name="Report">Its published file.</param>
internal sealed record EngineOutcome(StepResult Result, string Line, EngineReport Report)
{
    /// <summary>What agents took that worked beneath it.</summary>
    public Usage Usage { get; init; } = Usage.None;
}
