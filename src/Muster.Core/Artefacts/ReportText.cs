using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>Text of unknown origin on its way into a report: cleaned, on one line, secrets masked, of bounded length.</summary>
public static partial class ReportText
{
    private const int MaxRead = 8 * 1024;
    private const int LongestSecret = 1_024;

    /// <summary>Longest text that a report shows of one finding or note.</summary>
    public const int MaxLine = 2_000;

    /// <summary>The text as one line of at most <paramref name="length"/> characters.</summary>
    public static string Line(string? text, int length = MaxLine)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        var isCut = text.Length > MaxRead;
        var line = WhiteSpace().Replace(DisplayText.Clean(isCut ? text[..MaxRead] : text), " ").Trim();
        line = SecretMask.Apply(line);
        if (isCut)
        {
            line = line[..Math.Max(0, line.Length - LongestSecret)]; // A secret cut in two at the end would no longer be known as one.
        }

        if (line.Length > length)
        {
            line = line[..(char.IsHighSurrogate(line[length - 1]) ? length - 1 : length)];
            isCut = true;
        }

        return isCut ? line.TrimEnd() + " … [cut]" : line;
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}
