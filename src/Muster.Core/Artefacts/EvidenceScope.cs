using System.Collections.Immutable;
using Muster.Plans;

namespace Muster.Artefacts;

/// <summary>Which paths a task was to look at.</summary>
internal sealed class EvidenceScope
{
    private readonly ImmutableArray<(string Text, Glob? Pattern)> entries;

    public EvidenceScope(ImmutableArray<string> globs) =>
        entries = globs.IsDefaultOrEmpty ? [] : [.. globs.Select(g => (Trim(g), TryParse(g)))];

    /// <summary>Whether a file, or something beneath a directory, belongs to the scope.</summary>
    public bool Holds(string path, bool isDirectory) =>
        entries.IsEmpty || entries.Any(e => HoldsFile(e, path) || (isDirectory && HoldsPart(e, path.TrimEnd('/'))));

    private static bool HoldsFile((string Text, Glob? Pattern) entry, string path) =>
        entry.Text is "." or "" || path == entry.Text
        || path.StartsWith(entry.Text + "/", StringComparison.Ordinal)
        || entry.Pattern?.IsMatch(path) is true;

    private static bool HoldsPart((string Text, Glob? Pattern) entry, string directory)
    {
        var cut = entry.Text.AsSpan().IndexOfAny("*?[{");
        var fixedPart = cut < 0 ? entry.Text : entry.Text[..(entry.Text.LastIndexOf('/', cut) + 1)];
        return (cut >= 0 && fixedPart.Length == 0)
            || fixedPart.StartsWith(directory + "/", StringComparison.Ordinal)
            || (directory + "/").StartsWith(fixedPart, StringComparison.Ordinal) && fixedPart.EndsWith('/');
    }

    private static string Trim(string glob) => (glob.StartsWith("./", StringComparison.Ordinal) ? glob[2..] : glob).TrimEnd('/');

    private static Glob? TryParse(string glob)
    {
        try
        {
            return Glob.Parse(glob);
        }
        catch (GlobException)
        {
            return null; // A plain path whose name has brackets is compared as it stands.
        }
    }
}
