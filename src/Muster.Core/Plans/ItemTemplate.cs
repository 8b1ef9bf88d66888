using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Plans;

/// <summary>A text of a plan with placeholders: <c>{item}</c>, <c>{item.NAME}</c>, <c>{n}</c>; <c>{{</c> and <c>}}</c> are literal braces.</summary>
/// <remarks>Replaced in one pass: what a value says is never read as a placeholder.</remarks>
internal static partial class ItemTemplate
{
    /// <summary>The placeholders in a text that mean nothing here.</summary>
    public static IEnumerable<string> Unknown(string text, bool hasItems) => PartPattern().Matches(text)
        .Select(m => m.Value)
        .Where(part => part is not ("{{" or "}}") && !(hasItems && (part is "{item}" or "{n}" || part.StartsWith("{item.", StringComparison.Ordinal))));

    /// <summary>The text with every placeholder replaced.</summary>
    /// <exception cref="FormatException">The item lacks a field.</exception>
    public static string Render(string text, PlanItem? item, int number)
    {
        if (text.AsSpan().IndexOfAny('{', '}') < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var match in PartPattern().EnumerateMatches(text))
        {
            var part = text.AsSpan(match.Index, match.Length);
            result.Append(text, at, match.Index - at).Append(part switch
            {
                "{{" => "{",
                "}}" => "}",
                "{n}" => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "{item}" => item!.Text,
                _ => Field(item!, part[6..^1].ToString()),
            });
            at = match.Index + match.Length;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static string Field(PlanItem item, string name) => item.Fields is null
        ? throw new ItemException(item.Line, $"is a plain text and has no field '{name}'")
        : item.Fields.TryGetValue(name, out var value) ? value : throw new ItemException(item.Line, $"has no field '{name}'");

    [GeneratedRegex(@"\{\{|\}\}|\{[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_\-]+)*\}", RegexOptions.NonBacktracking)]
    private static partial Regex PartPattern();
}
