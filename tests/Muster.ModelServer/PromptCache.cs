using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muster.Loopback;

/// <summary>A small model of a provider's prompt cache.</summary>
/// <remarks>
/// A prefix up to a breakpoint is kept when a response to it has begun, not earlier: calls that start together all write it. It is found
/// again if its bytes are the same, breakpoints aside, at most twenty blocks before a later breakpoint. Nothing expires.
/// </remarks>
internal sealed class PromptCache(int minimumTokens)
{
    private const int LookBack = 20;
    private const int MostEntries = 1 << 20;

    private readonly ConcurrentDictionary<UInt128, byte> kept = new();

    /// <summary>What a prompt would take from the cache now, and what it would leave there.</summary>
    /// <param name="blocks">The whole prompt.</param>
    /// <param name="isAutomatic">Every block is a breakpoint, and 1,024 tokens the least, as with OpenAI and Gemini.</param>
    public Lookup Find(IReadOnlyList<PromptBlock> blocks, bool isAutomatic)
    {
        var prefixes = new (UInt128 Hash, long Tokens, bool IsBreakpoint)[blocks.Count];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        Span<byte> digest = stackalloc byte[32];
        for (var i = 0; i < blocks.Count; i++)
        {
            bytes += Append(hash, blocks[i]);
            hash.GetCurrentHash(digest);
            prefixes[i] = (MemoryMarshal.Read<UInt128>(digest), TokenUse.Of(bytes), blocks[i].IsBreakpoint);
        }

        var minimum = isAutomatic ? Math.Max(1_024, minimumTokens) : minimumTokens;
        var last = Array.FindLastIndex(prefixes, p => p.IsBreakpoint && p.Tokens >= minimum);
        if (last < 0)
        {
            return new(0, 0, []);
        }

        var hit = LongestHit(prefixes);
        var read = hit < 0 ? 0 : prefixes[hit].Tokens;
        var written = prefixes.Where((p, i) => p.IsBreakpoint && p.Tokens >= minimum && i > hit).Select(p => p.Hash).ToList();
        return new(read, prefixes[last].Tokens - read, written);
    }

    /// <summary>The response begins: what the prompt left is there for others.</summary>
    public void Keep(Lookup lookup)
    {
        if (kept.Count > MostEntries)
        {
            kept.Clear();
        }

        foreach (var hash in lookup.Written)
        {
            kept[hash] = 0;
        }
    }

    private int LongestHit((UInt128 Hash, long Tokens, bool IsBreakpoint)[] prefixes)
    {
        var sinceBreakpoint = LookBack + 1;
        for (var i = prefixes.Length - 1; i >= 0; i--)
        {
            sinceBreakpoint = prefixes[i].IsBreakpoint ? 0 : sinceBreakpoint + 1;
            if (sinceBreakpoint <= LookBack && kept.ContainsKey(prefixes[i].Hash))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A text and a block with only that text are the same; a breakpoint is no part of what it marks.</summary>
    private static long Append(IncrementalHash hash, PromptBlock block)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(block.Role));
        if (block.Element.ValueKind is not JsonValueKind.Object)
        {
            return Append(hash, "type", "\"text\""u8) + Append(hash, "text", JsonMarshal.GetRawUtf8Value(block.Element));
        }

        long bytes = 0;
        foreach (var property in block.Element.EnumerateObject())
        {
            bytes += property.NameEquals("cache_control") ? 0 : Append(hash, property.Name, JsonMarshal.GetRawUtf8Value(property.Value));
        }

        return bytes;
    }

    private static long Append(IncrementalHash hash, string name, ReadOnlySpan<byte> value)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(name));
        hash.AppendData(value);
        return name.Length + value.Length;
    }

    /// <summary>What a prompt took and leaves.</summary>
    internal sealed record Lookup(long Read, long Write, IReadOnlyList<UInt128> Written);
}
