namespace Muster.Loopback;

/// <summary>Tokens of one call; a token is four bytes here.</summary>
/// <param name="Input">Neither read from the cache nor written to it.</param>
/// <param name="Output">Thinking among them.</param>
/// <param name="CacheRead">Of the prompt.</param>
/// <param name="CacheWrite">Of the prompt.</param>
internal sealed record TokenUse(long Input, long Output, long CacheRead, long CacheWrite)
{
    public long Prompt => Input + CacheRead + CacheWrite;

    public static long Of(long bytes) => (bytes + 3) / 4;
}
