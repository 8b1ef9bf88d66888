using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Plans;

/// <summary>A pattern for paths: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>{a,b}</c> within a name, <c>**</c> over directories.</summary>
/// <remarks>Matched in time linear in the path, whatever the pattern. A pattern without a slash matches a name in any directory.</remarks>
public sealed class Glob
{
    private const int MaxLength = 1_000;
    private const int MaxAlternatives = 200;

    private readonly Regex regex;

    private Glob(string pattern, Regex regex) => (Pattern, this.regex) = (pattern, regex);

    /// <summary>As it was given.</summary>
    public string Pattern { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="GlobException">It is empty, too long, absolute, leads upwards, or its brackets do not close.</exception>
    public static Glob Parse(string pattern)
    {
        var text = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        if (text.Length is 0 or > MaxLength)
        {
            throw GlobException.Bad(pattern, text.Length == 0 ? "it is empty" : $"it is longer than {MaxLength:N0} characters");
        }

        if (text[0] == '/' || text.Split('/').Contains(".."))
        {
            throw GlobException.Bad(pattern, "it leads out of the root");
        }

        var anywhere = text.TrimEnd('/').Contains('/') ? string.Empty : "(?:.*/)?";
        var whole = text.EndsWith('/') ? text + "**" : text;
        try
        {
            return new(pattern, new Regex($"^{anywhere}{Translate(pattern, whole)}$", RegexOptions.NonBacktracking | RegexOptions.Singleline));
        }
        catch (RegexParseException)
        {
            throw GlobException.Bad(pattern, "a range inside its '[' runs backwards");
        }
    }

    /// <summary>Whether a text has a character that means something in a pattern.</summary>
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny("*?[{") >= 0;

    /// <summary>Whether the path, relative and with forward slashes, matches.</summary>
    public bool IsMatch(string path) => regex.IsMatch(path);

    private static string Translate(string pattern, string text)
    {
        var result = new StringBuilder();
        var (depth, alternatives) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when i + 1 < text.Length && text[i + 1] == '*':
                    var slash = i + 2 < text.Length && text[i + 2] == '/';
                    result.Append(slash ? "(?:.*/)?" : ".*");
                    i += slash ? 2 : 1;
                    break;
                case '*':
                    result.Append("[^/]*");
                    break;
                case '?':
                    result.Append("[^/]");
                    break;
                case '[':
                    i = TranslateSet(pattern, text, i, result);
                    break;
                case '{':
                    depth++;
                    result.Append("(?:");
                    break;
                case '}' when depth > 0:
                    depth--;
                    result.Append(')');
                    break;
                case ',' when depth > 0:
                    result.Append(++alternatives <= MaxAlternatives
                        ? '|' : throw GlobException.Bad(pattern, $"it has more than {MaxAlternatives} alternatives"));
                    break;
                case '\\' when i + 1 < text.Length:
                    result.Append(Regex.Escape(text[++i].ToString()));
                    break;
                default:
                    result.Append(Regex.Escape(text[i].ToString()));
                    break;
            }
        }

        return depth == 0 ? result.ToString() : throw GlobException.Bad(pattern, "its '{' is never closed");
    }

    private static int TranslateSet(string pattern, string text, int open, StringBuilder result)
    {
        var close = text.IndexOf(']', Math.Min(open + 2, text.Length));
        if (close < 0)
        {
            throw GlobException.Bad(pattern, "its '[' is never closed");
        }

        var set = text[(open + 1)..close];
        var isNegated = set[0] is '!' or '^';
        result.Append(isNegated ? "[^/" : "[").Append((isNegated ? set[1..] : set).Replace("\\", "\\\\").Replace("[", "\\[").Replace("^", "\\^")).Append(']');
        return close;
    }
}
