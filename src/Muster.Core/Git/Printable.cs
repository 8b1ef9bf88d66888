using System.Globalization;
using System.Text;

namespace Muster.Git;

/// <summary>Names and words that came from a repository, made fit to be shown: no control, format or direction characters.</summary>
internal static class Printable
{
    public static string Of(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(600))
        {
            var isOdd = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;
            _ = isOdd ? shown.Append($"\\u{rune.Value:X4}") : shown.Append(rune);
        }

        return shown.ToString();
    }

    public static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(5).Select(Of)) + (names.Count > 5 ? $" and {names.Count - 5} more" : string.Empty);
}
