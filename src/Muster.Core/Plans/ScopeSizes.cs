using System.Collections.Immutable;
using Muster.Agents.Inspect;

namespace Muster.Plans;

/// <summary>How many bytes the files of a task's scope have, from one listing of the tree.</summary>
/// <remarks>
/// A path, a directory and a pattern's fixed beginning are found by bisection; only what lies beneath it is matched, each pattern once,
/// and no more than a few million matches for a whole plan: what is left is unknown rather than slow.
/// </remarks>
internal sealed class ScopeSizes
{
    private const long MostMatches = 4_000_000;

    private readonly List<string> paths = [];
    private readonly List<long> before = [0];
    private readonly Dictionary<string, long?> known = new(StringComparer.Ordinal);
    private long matches;

    /// <summary>Sizes over a listing in ordinal order of the paths.</summary>
    public ScopeSizes(IEnumerable<SourceFile> files)
    {
        foreach (var file in files)
        {
            paths.Add(file.Path);
            before.Add(before[^1] + file.Length);
        }
    }

    /// <summary>Bytes in a scope; null when that would take too long to say.</summary>
    /// <param name="scope">Paths and patterns; empty means the whole tree.</param>
    public long? Of(ImmutableArray<string> scope)
    {
        if (scope.IsDefaultOrEmpty)
        {
            return before[^1];
        }

        long? sum = 0;
        foreach (var pattern in scope)
        {
            if (!known.TryGetValue(pattern, out var bytes))
            {
                known.Add(pattern, bytes = Measure(pattern));
            }

            sum += bytes;
        }

        return sum;
    }

    private long? Measure(string given)
    {
        var pattern = (given.StartsWith("./", StringComparison.Ordinal) ? given[2..] : given).TrimEnd('/');
        if (pattern is "" or "." or "**")
        {
            return before[^1];
        }

        var wild = pattern.AsSpan().IndexOfAny("*?[{");
        if (wild < 0)
        {
            var (at, end) = (Bisect(pattern), Bisect(pattern + "/"));
            var own = at < paths.Count && paths[at] == pattern ? before[at + 1] - before[at] : 0;
            return own + before[Bisect(pattern + "0")] - before[end]; // "0" follows "/".
        }

        var slash = pattern.LastIndexOf('/', wild);
        if (pattern[(slash + 1)..] == "**")
        {
            return before[Bisect(pattern[..slash] + "0")] - before[Bisect(pattern[..(slash + 1)])];
        }

        return Match(given, slash < 0 ? string.Empty : pattern[..(slash + 1)]);
    }

    private long? Match(string pattern, string beginning)
    {
        try
        {
            var glob = Glob.Parse(pattern);
            var sum = 0L;
            for (var i = Bisect(beginning); i < paths.Count && paths[i].StartsWith(beginning, StringComparison.Ordinal); i++)
            {
                if (++matches > MostMatches)
                {
                    return null;
                }

                sum += glob.IsMatch(paths[i]) ? before[i + 1] - before[i] : 0;
            }

            return sum;
        }
        catch (GlobException)
        {
            return null; // Its task is refused elsewhere, with the place.
        }
    }

    /// <summary>Index of the first path that is not below <paramref name="path"/>.</summary>
    private int Bisect(string path) => paths.BinarySearch(path, StringComparer.Ordinal) is var at && at < 0 ? ~at : at;
}
