using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Agents.Inspect.Rules;

/// <summary>The piece of a line that a finding quotes.</summary>
/// <remarks>It stands in the file word for word, or it would be no evidence; so it ends before a secret rather than mask it.</remarks>
internal static partial class Snippet
{
    private const int MaxLength = 120;
    private const int MinLength = 3;
    private const int Before = 20;

    /// <summary>The piece around a match, or null when nothing can be shown.</summary>
    /// <param name="line">The whole line.</param>
    /// <param name="column">Where in it the match begins.</param>
    /// <param name="secretColumn">Where in it a secret begins; the line's length when there is none.</param>
    public static string? Of(string line, int column, int secretColumn)
    {
        var end = Math.Min(secretColumn, FirstSecret(line));
        var begin = line.AsSpan().IndexOfAnyExcept(' ', '\t') is var indent and >= 0 ? indent : 0;
        if (Math.Min(end, line.Length) - begin > MaxLength && Math.Min(column, end) - begin > MaxLength / 2)
        {
            begin = WordAt(line, Math.Min(column, end) - Before);
        }

        end = Math.Min(end, begin + MaxLength);
        return end <= begin ? null : LongestPlain(line[begin..end], Math.Clamp(column - begin, 0, end - begin));
    }

    /// <summary>Where a word begins, at or after a place: half a word is no quote that a person would look for.</summary>
    private static int WordAt(string line, int from)
    {
        var space = line.AsSpan(from, Before).IndexOf(' ');
        return space < 0 ? from : from + space + 1;
    }

    /// <summary>Backquotes would end the quote: of the parts between them, the one with the match.</summary>
    private static string? LongestPlain(string text, int column)
    {
        if (text.Contains('`'))
        {
            column += column < text.Length && text[column] == '`' ? 1 : 0; // What begins with a backquote is what stands behind it.
            var next = text.IndexOf('`', Math.Min(column, text.Length));
            var before = column == 0 ? -1 : text.LastIndexOf('`', Math.Min(column, text.Length) - 1);
            text = text[(before + 1)..(next < 0 ? text.Length : next)];
        }

        text = text.Trim();
        return text.Length >= MinLength && !text.Any(char.IsControl) ? text : null;
    }

    private static int FirstSecret(string line)
    {
        var first = line.Length;
        if (AssignedSecretPattern().Match(line) is { Success: true } assigned)
        {
            first = assigned.Groups["secret"].Index;
        }

        var masked = SecretMask.Apply(line);
        if (masked == line)
        {
            return first;
        }

        // Everything before the first difference is untouched; the mask keeps four characters of the secret itself.
        return Math.Min(first, Math.Max(0, line.AsSpan().CommonPrefixLength(masked) - 4));
    }

    [GeneratedRegex(
        @"(?:passw(?:or)?d|pwd|secret|token|api[_-]?key|private[_-]?key)\w*[""']?\s*(?:[:=]>?|:=)\s*[""'](?<secret>[^""'\s]{6,})[""']",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AssignedSecretPattern();
}
