using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Muster.Plans;

namespace Muster.Agents.Inspect.Rules;

/// <summary>Several globs as one question. Most of a rule's globs name extensions, which need no pattern.</summary>
internal sealed partial class PathFilter
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> extensions;
    private readonly ImmutableArray<Glob> others;

    public PathFilter(ImmutableArray<Glob> globs)
    {
        extensions = globs.SelectMany(glob => Extensions(glob.Pattern)).ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        others = [.. globs.Where(glob => Extensions(glob.Pattern) is [])];
    }

    public bool Contains(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        if (dot >= 0 && extensions.Contains(name[(dot + 1)..]))
        {
            return true;
        }

        foreach (var glob in others)
        {
            if (glob.IsMatch(path))
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Extensions(string pattern) => ExtensionPattern().Match(pattern) is { Success: true } match
        ? match.Groups["one"].Success ? [match.Groups["one"].Value] : match.Groups["many"].Value.Split(',')
        : [];

    [GeneratedRegex(@"^\*\.(?:(?<one>\w+)|\{(?<many>\w+(?:,\w+)*)\})$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ExtensionPattern();
}
