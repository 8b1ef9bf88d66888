using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Rules;

/// <summary>A regular expression of a rule, made when it is first needed: most rules never meet a file of their language.</summary>
/// <param name="pack">The pack that it stands in, for errors.</param>
/// <param name="line">The line of the pack that it stands on.</param>
/// <param name="text">The expression.</param>
/// <param name="options">How it is matched; a time limit is always set.</param>
public sealed class RulePattern(string pack, long line, string text, RegexOptions options = RegexOptions.None)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly Lazy<Regex> regex = new(() => Make(pack, line, text, options));

    /// <summary>The expression as the pack has it.</summary>
    public string Text => text;

    /// <summary>Whether case is ignored throughout.</summary>
    public bool IgnoresCase => text.StartsWith("(?i)", StringComparison.Ordinal);

    /// <summary>The expression, ready to use.</summary>
    /// <exception cref="RulePackException">It is not a regular expression.</exception>
    public Regex Regex => regex.Value;

    private static Regex Make(string pack, long line, string text, RegexOptions options)
    {
        try
        {
            return new(text, options | RegexOptions.CultureInvariant, Limit);
        }
        catch (ArgumentException e)
        {
            throw RulePackException.Bad(pack, line, $"this is not a regular expression: {e.Message.TrimEnd('.')}", e);
        }
    }
}
