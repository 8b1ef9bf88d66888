namespace Muster.Agents.Inspect.Checks;

/// <summary>Which paths a tree has: listed ones first, then the disk below the root, because ignored files exist too.</summary>
internal sealed class CheckPaths
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal) { "" };
    private readonly string root;

    public CheckPaths(SourceTree tree)
    {
        root = tree.Root;
        foreach (var file in tree.Files)
        {
            for (var path = file.Path; path.Length > 0 && known.Add(path); path = DirectoryOf(path))
            {
            }
        }
    }

    public static string DirectoryOf(string path) => path.LastIndexOf('/') is var at and > 0 ? path[..at] : "";

    /// <summary>The path that <paramref name="relative"/> names from a directory; null when it leaves the root.</summary>
    public static string? Resolve(string directory, string relative)
    {
        var parts = new List<string>();
        foreach (var part in (directory + "/" + relative).Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    public bool Has(string path)
    {
        if (known.Contains(path))
        {
            return true;
        }

        if (path.Contains('\0', StringComparison.Ordinal) || path.Length > 2_000)
        {
            return false;
        }

        var full = Path.Combine(root, path);
        return Path.Exists(full) || new FileInfo(full).LinkTarget is not null;
    }

    /// <summary>Text for a message: one line, no control characters, not long.</summary>
    public static string Shown(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) || c == '`' ? '?' : c));
        return clean.Length > 100 ? clean[..97] + "..." : clean;
    }

    /// <summary>The text when it stands on that 1-based line and fits a quote; else null.</summary>
    public static string? QuoteOn(string[] lines, int line, string text) =>
        text.Length is > 0 and <= 200 && !text.Contains('`', StringComparison.Ordinal) && line >= 1 && line <= lines.Length
        && lines[line - 1].Contains(text, StringComparison.Ordinal)
            ? text
            : null;
}
