using System.Buffers;

namespace Muster.Contracts;

/// <summary>What may be a path of a module: a directory that ends in <c>/</c>, or a file, relative to the project's root.</summary>
internal static class ModulePath
{
    public const string Rule = "Write a directory as src/auth/ and a file as src/auth.cs, relative to the project's root.";

    private const int MaxLength = 400;

    private static readonly SearchValues<char> OfPatterns = SearchValues.Create("*?[]{}");

    /// <summary>Parts that are git's or Muster's own, in the spellings that file systems take for the same.</summary>
    private static readonly string[] Kept = [".git", ".gitmodules", "git~1", "gitmod~1", ".orchestration"];

    /// <summary>Why a text cannot be a path, in words that follow "it"; null when it can.</summary>
    public static string? WhyNot(string path)
    {
        if (path.Length is 0 or > MaxLength)
        {
            return path.Length == 0 ? "is empty" : $"has {path.Length:N0} characters";
        }

        if (path[0] == '/' || path.Contains(':'))
        {
            return "is absolute or names a drive or stream";
        }

        if (path.Any(c => char.IsControl(c) || c == '\\' || IsIgnored(c)))
        {
            return "has a backslash, a control character or an invisible one in it";
        }

        if (path.AsSpan().ContainsAny(OfPatterns))
        {
            return "is a pattern, and a module's paths are spelled out";
        }

        var parts = (path[^1] == '/' ? path[..^1] : path).Split('/');
        return parts.Contains("..") ? "leads out of the project with '..'"
            : parts.Any(p => p is "" or ".") ? "has an empty part or '.' in it"
            : parts.Any(p => p[^1] is '.' or ' ' || p[0] == ' ') ? "has a part that ends in '.' or has a space at its edge, which file systems drop"
            : parts.Any(p => Kept.Contains(p, StringComparer.OrdinalIgnoreCase)) ? "belongs to git or to Muster"
            : null;
    }

    /// <summary>Pairs of paths of two owners of which one covers the other, letters compared without case as many file systems do.</summary>
    public static IEnumerable<(T Covers, T Covered)> Overlaps<T>(IEnumerable<T> all, Func<T, string> path, Func<T, string> owner)
    {
        var covering = new Stack<(string Key, T Item)>();
        foreach (var (key, item) in all.Select(item => (Key: path(item).TrimEnd('/').ToUpperInvariant() + '/', item)).OrderBy(x => x.Key, StringComparer.Ordinal))
        {
            while (covering.TryPeek(out var top) && !key.StartsWith(top.Key, StringComparison.Ordinal))
            {
                covering.Pop();
            }

            if (covering.FirstOrDefault(c => owner(c.Item) != owner(item)) is { Key: not null } other)
            {
                yield return (other.Item, item);
            }

            covering.Push((key, item));
        }
    }

    /// <summary>Characters that HFS+ leaves out of names.</summary>
    private static bool IsIgnored(char c) => c is (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u206A' and <= '\u206F') or '\uFEFF';
}
