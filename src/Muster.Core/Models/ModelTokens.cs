namespace Muster.Models;

/// <summary>What one call of a model, or one attempt, took in tokens, parted as providers charge it.</summary>
/// <param name="Input">Read at the full price: without what the cache read and wrote.</param>
/// <param name="Output">Written, thinking included.</param>
/// <param name="CacheRead">Read from the provider's cache.</param>
/// <param name="CacheWrite">Written to the provider's cache for minutes.</param>
/// <param name="CacheWriteLong">Written to it for an hour.</param>
public readonly record struct ModelTokens(long Input, long Output, long CacheRead = 0, long CacheWrite = 0, long CacheWriteLong = 0)
{
    /// <summary>The whole prompt: what <see cref="Runs.Usage.InputTokens"/> counts, and what a price's band is chosen by.</summary>
    public long Prompt => Input + CacheRead + CacheWrite + CacheWriteLong;

    /// <summary>The sum.</summary>
    public ModelTokens Plus(ModelTokens other) => new(
        Input + other.Input, Output + other.Output, CacheRead + other.CacheRead, CacheWrite + other.CacheWrite, CacheWriteLong + other.CacheWriteLong);
}
