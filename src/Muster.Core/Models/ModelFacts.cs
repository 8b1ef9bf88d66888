using System.Collections.Immutable;

namespace Muster.Models;

/// <summary>What is known of one model.</summary>
public sealed record ModelFacts
{
    /// <summary>Tokens that its context holds; null: unknown.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens that it writes in one answer at most; null: unknown.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>Its prices, the oldest first; empty: unknown.</summary>
    public ImmutableArray<ModelPrice> Prices { get; init; } = [];

    /// <summary>These facts where they say something, else <paramref name="other"/>'s.</summary>
    public ModelFacts Over(ModelFacts? other) => new()
    {
        ContextWindow = ContextWindow ?? other?.ContextWindow,
        MaxOutput = MaxOutput ?? other?.MaxOutput,
        Prices = Prices.IsEmpty ? other?.Prices ?? [] : Prices,
    };
}
