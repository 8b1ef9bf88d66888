using System.Collections.Concurrent;
using Muster.Plans;

namespace Muster.Agents.Chat.Tools;

/// <summary>The patterns that models asked for lately: thousands of conversations ask for the same few, and reading one takes longer than matching it.</summary>
/// <remarks>Thread-safe.</remarks>
internal static class KnownGlobs
{
    private const int Most = 256;

    private static readonly ConcurrentDictionary<string, Glob> Known = new(StringComparer.Ordinal);

    /// <summary>A pattern, read once.</summary>
    /// <exception cref="GlobException">It cannot be read.</exception>
    public static Glob Parse(string pattern)
    {
        if (Known.TryGetValue(pattern, out var glob))
        {
            return glob;
        }

        if (Known.Count >= Most)
        {
            Known.Clear();
        }

        return Known.GetOrAdd(pattern, Glob.Parse);
    }
}
