using System.Text.RegularExpressions;

namespace Muster.Contracts;

/// <summary>The version of a contract: a line <c>Version: N</c> among the first 20 of a Markdown file, the key <c>version</c> of a JSON one; 1 where neither stands.</summary>
public static partial class ContractVersion
{
    private const int Most = 999_999, LinesLookedAt = 20;

    /// <summary>The version that a text states.</summary>
    /// <param name="path">The contract's path: what ends in .json is JSON.</param>
    /// <param name="text">Its text.</param>
    public static int Of(string path, string text) => Place(path, text) is { } place ? int.Parse(place.ValueSpan) : 1;

    /// <summary>The text with the next version in it; nothing else changes.</summary>
    /// <param name="path">The contract's path.</param>
    /// <param name="text">Its text.</param>
    public static string Bump(string path, string text)
    {
        if (Place(path, text) is { } place)
        {
            return string.Concat(text.AsSpan(0, place.Index), $"{Math.Min(Most, int.Parse(place.ValueSpan) + 1)}", text.AsSpan(place.Index + place.Length));
        }

        if (IsJson(path))
        {
            var at = text.IndexOf('{') + 1;
            return at == 0 ? text : $"{text[..at]}\n  \"version\": 2,{text[at..]}";
        }

        var firstLine = text.IndexOf('\n') is >= 0 and var end ? end + 1 : text.Length;
        return text.StartsWith("# ", StringComparison.Ordinal)
            ? $"{text[..firstLine].TrimEnd()}\n\nVersion: 2\n{(firstLine < text.Length ? text[firstLine..] : string.Empty)}"
            : $"Version: 2\n\n{text}";
    }

    /// <summary>The text with the version that follows an old one, whatever it states itself.</summary>
    internal static string After(int old, string path, string text)
    {
        var bumped = Bump(path, text); // It has a place for the version now.
        return Place(path, bumped) is { } place ? string.Concat(bumped.AsSpan(0, place.Index), $"{Math.Min(Most, old + 1)}", bumped.AsSpan(place.Index + place.Length)) : bumped;
    }

    private static bool IsJson(string path) => path.EndsWith(".json", StringComparison.Ordinal);

    private static Group? Place(string path, string text)
    {
        var end = text.Length;
        for (int line = 0, at = -1; line < LinesLookedAt && !IsJson(path); line++)
        {
            at = text.IndexOf('\n', at + 1);
            if (at < 0)
            {
                break;
            }

            end = line == LinesLookedAt - 1 ? at : end;
        }

        var match = IsJson(path) ? JsonKey().Match(text) : Line().Match(text[..end]);
        return match.Success ? match.Groups["n"] : null;
    }

    [GeneratedRegex(@"^Version: *(?<n>[1-9][0-9]{0,5})[ \t\r]*$", RegexOptions.NonBacktracking | RegexOptions.Multiline)]
    private static partial Regex Line();

    /// <summary>The key before the first list or inner object of the file, so that a text further down cannot stand for it.</summary>
    [GeneratedRegex(@"\A\s*\{[^\[{]*""version""\s*:\s*(?<n>[1-9][0-9]{0,5})\b", RegexOptions.NonBacktracking)]
    private static partial Regex JsonKey();
}
