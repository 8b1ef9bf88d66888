using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>
/// The comment that keeps a known finding out of counts: <c>muster:ignore RULE because …</c> on the finding's line, or alone on the line
/// above it. RULE is the finding's rule, or <c>*</c>.
/// </summary>
/// <param name="Because">The reason; null when the comment gives none, and then it does not count.</param>
public sealed partial record Suppression(string? Because)
{
    private const int MaxReason = 300;

    /// <summary>The suppression of a finding of this rule, or null when there is none.</summary>
    /// <param name="rule">The finding's rule; null matches <c>*</c> alone.</param>
    /// <param name="line">The finding's line.</param>
    /// <param name="above">The line before it; null when there is none.</param>
    public static Suppression? Find(string? rule, string line, string? above)
    {
        var own = Match(rule, line, alone: false);
        return own?.Because is null && above is not null && Match(rule, above, alone: true) is { } other ? other : own;
    }

    private static Suppression? Match(string? rule, string line, bool alone)
    {
        if (!line.Contains("muster:ignore", StringComparison.Ordinal))
        {
            return null;
        }

        Suppression? found = null;
        foreach (Match match in IgnorePattern().Matches(line))
        {
            var before = line[..match.Index].Trim();
            var isComment = alone ? CommentAlone().IsMatch(before) : CommentBefore().IsMatch(before);
            if (isComment && (match.Groups["rule"].Value == "*" || match.Groups["rule"].Value == rule))
            {
                var because = DisplayText.Clean(match.Groups["because"].Value).Replace("*/", string.Empty).Replace("-->", string.Empty).Trim();
                because = because.Length > MaxReason ? because[..MaxReason] : because;
                found = because.Length > 0 ? new(because) : found ?? new((string?)null);
            }
        }

        return found;
    }

    [GeneratedRegex(@"muster:ignore[ \t]+(?<rule>\*|[A-Za-z0-9][A-Za-z0-9_.\-/]*)(?:[ \t]+because[ \t]+(?<because>.*))?", RegexOptions.NonBacktracking)]
    private static partial Regex IgnorePattern();

    [GeneratedRegex(@"//|#|/\*|--|;|%|\(\*|\{-|^\*|\bREM\b", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex CommentBefore();

    [GeneratedRegex(@"^(?://+!?|#+|/\*+|<!--|--+|;+|%+|\(\*|\{-|\{/\*|\*|REM)$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex CommentAlone();
}
