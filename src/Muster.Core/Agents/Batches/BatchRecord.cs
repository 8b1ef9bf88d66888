using System.Collections.Immutable;

namespace Muster.Agents.Batches;

/// <summary>A batch that was meant to be sent, and what is known of it.</summary>
/// <param name="Number">1-based within the run.</param>
/// <param name="At">When it was meant, UTC.</param>
/// <param name="Account">Tells one key at one address from another; nothing can be made of it.</param>
/// <param name="Keys">What is in it.</param>
internal sealed record BatchRecord(int Number, DateTimeOffset At, string Account, ImmutableArray<BatchKey> Keys)
{
    /// <summary>The provider's name for it; null while nobody knows whether it arrived.</summary>
    public string? Id { get; init; }
}
