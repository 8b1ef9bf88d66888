using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What an attempt needs of the state, read before it starts since the state belongs to the loop.</summary>
/// <param name="Files">Published files that the step reads: their steps, in order.</param>
/// <param name="Gaps">For a coordinator: its missing files, "id: reason" each.</param>
/// <param name="Planned">For a coordinator: workers below it.</param>
/// <param name="Verified">For a coordinator: those of them whose file is there.</param>
public sealed record AttemptInputs(
    ImmutableArray<SealedInput> Files, ImmutableArray<string> Gaps, int Planned, int Verified)
{
    /// <summary>What a build's step is asked; null for a plan's.</summary>
    public StepAsk? Ask { get; init; }
}
