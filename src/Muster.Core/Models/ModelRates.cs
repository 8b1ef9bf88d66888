namespace Muster.Models;

/// <summary>USD per million tokens.</summary>
/// <param name="Input">Read.</param>
/// <param name="Output">Written.</param>
/// <param name="CacheRead">Read from the provider's cache; null: as <paramref name="Input"/>.</param>
/// <param name="CacheWrite">Written to it for minutes; null: as <paramref name="Input"/>.</param>
/// <param name="CacheWriteLong">Written to it for an hour; null: as <paramref name="CacheWrite"/>.</param>
public sealed record ModelRates(decimal Input, decimal Output, decimal? CacheRead = null, decimal? CacheWrite = null, decimal? CacheWriteLong = null)
{
    /// <summary>The cost of these tokens in USD.</summary>
    public decimal Of(ModelTokens tokens)
    {
        var write = CacheWrite ?? Input;
        return ((tokens.Input * Input) + (tokens.Output * Output) + (tokens.CacheRead * (CacheRead ?? Input))
            + (tokens.CacheWrite * write) + (tokens.CacheWriteLong * (CacheWriteLong ?? write))) / 1_000_000m;
    }
}
