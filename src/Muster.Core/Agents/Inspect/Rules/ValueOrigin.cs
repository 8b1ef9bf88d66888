using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Rules;

/// <summary>Where the value that a match names must come from, told by the lines above it: no flow is followed beyond that.</summary>
/// <remarks>In both expressions <c>{value}</c> stands for the text of the pattern's group <c>value</c>.</remarks>
/// <param name="pack">The pack that it stands in, for errors.</param>
/// <param name="line">The line of the pack that it stands on.</param>
/// <param name="lines">How many lines above the match are looked at; the match's own line is looked at too.</param>
/// <param name="origin">What must match one of them.</param>
/// <param name="unless">What must not match any line from there to the match: the value is made harmless on the way. Null asks nothing.</param>
public sealed class ValueOrigin(string pack, long line, int lines, string origin, string? unless)
{
    /// <summary>What stands for the value in an expression.</summary>
    public const string Placeholder = "{value}";

    /// <summary>Whether the value that stands on a 0-based line comes from there.</summary>
    internal bool Holds(string[] text, int at, string value)
    {
        if (value.Length == 0)
        {
            return false;
        }

        var from = For(value, origin);
        for (var i = at; i >= Math.Max(0, at - lines); i--)
        {
            if (text[i].Contains(value, StringComparison.Ordinal) && from.IsMatch(text[i]))
            {
                return unless is null || !text.AsSpan(i..(at + 1)).ToArray().Any(For(value, unless).IsMatch);
            }
        }

        return false;
    }

    /// <summary>Makes both expressions once, so that a broken one is found when the pack is read.</summary>
    /// <exception cref="RulePackException">One is not a regular expression.</exception>
    internal ValueOrigin Checked()
    {
        _ = For("x", origin);
        _ = unless is null ? null : For("x", unless);
        return this;
    }

    private Regex For(string value, string text) =>
        new RulePattern(pack, line, text.Replace(Placeholder, Regex.Escape(value), StringComparison.Ordinal)).Regex;
}
