using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Rules;

/// <summary>Marks by which a person told another scanner that a place is as it should be.</summary>
/// <remarks>Such a place was looked at and decided on: it is told, as advice, and no longer as a fault.</remarks>
internal static partial class OtherScanner
{
    private const int LinesAbove = 2;

    /// <summary>Whether such a mark stands on the line or just above it.</summary>
    public static bool IsSilencedAt(string[] lines, int line)
    {
        for (var i = Math.Max(0, line - LinesAbove); i <= line; i++)
        {
            if (MarkPattern().IsMatch(lines[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Only marks that name a rule of security or carry a reason.</summary>
    [GeneratedRegex(
        @"#\s*nosec\b|nolint:[\w,]*gosec|@SuppressFBWarnings\([^)\n]*justification|#pragma\s+warning\s+disable\s+(?:CA|SCS|SYSLIB)\d+"
        + @"|#\s*noqa:[^\n]*\bS\d{3}|NOSONAR\s+\S|rubocop:disable\s+Security/|eslint-disable(?:-next-line|-line)?\s[^\n]*security/|brakeman:ignore|nosemgrep",
        RegexOptions.NonBacktracking)]
    private static partial Regex MarkPattern();
}
