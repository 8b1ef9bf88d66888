namespace Muster.Runs;

/// <summary>What an attempt consumed, as far as its agent told.</summary>
/// <param name="InputTokens">Tokens read, cache included; 0 or more.</param>
/// <param name="OutputTokens">Tokens written; 0 or more.</param>
/// <param name="Usd">Cost in USD; null when the agent gave none and no price is known. Never taken as zero.</param>
public readonly record struct Usage(long InputTokens, long OutputTokens, decimal? Usd)
{
    /// <summary>Nothing consumed, at no cost: what the embedded agents report.</summary>
    public static Usage None { get; } = new(0, 0, 0m);

    /// <summary>Tokens read and written together.</summary>
    public long Tokens => InputTokens + OutputTokens;

    /// <summary>The sum; its cost is unknown as soon as one part's is.</summary>
    public Usage Plus(Usage other) =>
        new(InputTokens + other.InputTokens, OutputTokens + other.OutputTokens, Usd + other.Usd);
}
