using System.Text;
using Muster.Artefacts;

namespace Muster.Reports;

/// <summary>Untrusted text as Markdown that shows it and does nothing else: no heading, link, image, table or HTML comes of it.</summary>
internal static class MarkdownText
{
    /// <summary>Every character that CommonMark or its usual extensions read as more than itself, inside a line.</summary>
    private const string Active = "\\`*_[]<>!|~&#${}^@\"";

    /// <summary>One line; balanced backquoted parts stay code, which is inert. The first character must not begin a line of the document.</summary>
    public static string Line(string? text) => Escape(ReportText.Line(text), allowCode: true);

    /// <summary>The same for a table's cell.</summary>
    public static string Cell(string? text) => Escape(ReportText.Line(text), allowCode: false);

    /// <summary>A path or name as code, or escaped where code cannot show it.</summary>
    public static string Code(string? text)
    {
        var line = ReportText.Line(text);
        return line.Length == 0 || line.Contains('`') || line.Contains('|') ? Escape(line, allowCode: false) : $"`{line}`";
    }

    private static string Escape(string line, bool allowCode)
    {
        var result = new StringBuilder(line.Length + 16);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '`' && allowCode && CodeAt(line, i) is > 0 and var length && (result.Length == 0 || result[^1] != '`'))
            {
                result.Append(line, i, length);
                i += length - 1;
                continue;
            }

            var isAddress = c == ':' && i > 0 && char.IsAsciiLetter(line[i - 1]) && i + 1 < line.Length && line[i + 1] != ' ';
            var isHost = c == '.' && i >= 3 && line.AsSpan(i - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase);
            result.Append(Active.Contains(c) || isAddress || isHost ? "\\" : string.Empty).Append(c);
        }

        return result.ToString();
    }

    /// <summary>The length of the code span that begins here with a single backquote; 0 when none does.</summary>
    private static int CodeAt(string line, int start)
    {
        var end = line.IndexOf('`', start + 1);
        var isSingle = end > start + 1 && (end + 1 == line.Length || line[end + 1] != '`');
        return isSingle && !line.AsSpan(start + 1, end - start - 1).IsWhiteSpace() ? end - start + 1 : 0;
    }
}
