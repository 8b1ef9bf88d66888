using System.Text;
using System.Text.RegularExpressions;
using Muster.Artefacts;

namespace Muster.Planning;

/// <summary>Texts as YAML that every reader takes for just these texts, whatever stands in them; what no terminal should show is left out.</summary>
internal static partial class YamlText
{
    private const int Width = 110;

    private static readonly string[] Words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

    /// <summary>A text as it is written: no escape, control or hidden character, white space trimmed.</summary>
    public static string Clean(string text) => DisplayText.Clean(text).Trim();

    /// <summary>The same on one line.</summary>
    public static string Line(string text) => WhiteSpace().Replace(Clean(text), " ");

    /// <summary>On one line, in double quotes where it needs them.</summary>
    public static string Scalar(string text)
    {
        var clean = Clean(text);
        return PlainPattern().IsMatch(clean) && !Words.Contains(clean.ToLowerInvariant())
            ? clean
            : $"\"{clean.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n").Replace("\t", "\\t")}\"";
    }

    /// <summary>Several in brackets.</summary>
    public static string List(IEnumerable<string> texts) =>
        $"[{string.Join(", ", texts.Select(text => Scalar(text) is var scalar && scalar.AsSpan().ContainsAny(", ") && scalar[0] != '"' ? $"\"{scalar}\"" : scalar))}]";

    /// <summary>A longer one, over lines that are wide enough to read.</summary>
    /// <param name="text">The text.</param>
    /// <param name="indent">Spaces before each line.</param>
    public static string Block(string text, int indent)
    {
        var clean = Clean(text);
        var scalar = Scalar(clean);
        var room = Width - indent;
        return scalar.Length <= room ? scalar
            : WordsPattern().IsMatch(clean) ? ">-" + Folded(clean, indent, room)
            : clean.Contains('\n') ? "|-" + string.Concat(clean.Split('\n').Select(line => line.Length == 0 ? "\n" : $"\n{new string(' ', indent)}{line}"))
            : scalar;
    }

    /// <summary>Breaks between words, which a folded scalar reads as the one space that was there.</summary>
    private static string Folded(string text, int indent, int room)
    {
        var folded = new StringBuilder();
        var at = room;
        foreach (var word in text.Split(' '))
        {
            var isNewLine = at + word.Length + 1 > room;
            folded.Append(isNewLine ? "\n" + new string(' ', indent) : " ").Append(word);
            at = isNewLine ? word.Length : at + word.Length + 1;
        }

        return folded.ToString();
    }

    [GeneratedRegex(@"^[A-Za-z](?:[A-Za-z0-9 ,.()/_-]*[A-Za-z0-9.)/_-])?$", RegexOptions.NonBacktracking)]
    private static partial Regex PlainPattern();

    [GeneratedRegex(@"^[^\s]+(?: [^\s]+)*$", RegexOptions.NonBacktracking)]
    private static partial Regex WordsPattern();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}
