using System.Text.RegularExpressions;

namespace Muster.Synthesis;

/// <summary>Keeps a synthesis from speaking of "all" when not all workers below it were verified.</summary>
public static partial class Denominator
{
    /// <summary>What is wrong with a coordinator's summary.</summary>
    /// <param name="summary">What it returned; bullets are its sources' words and are not looked at.</param>
    /// <param name="verified">Workers below it that were verified.</param>
    /// <param name="planned">Workers below it.</param>
    /// <returns>The fault in words for a retry's prompt; null when there is none.</returns>
    public static string? Fault(string summary, int verified, int planned) =>
        verified < planned && SaidIn(summary) is { } said
            ? $"the summary says '{said}', and only {verified:N0} of the {planned:N0} workers were verified; say which were not"
            : null;

    /// <summary>A summary that still says so, with what its words can mean put first.</summary>
    public static string Corrected(string summary, int verified, int planned) => Fault(summary, verified, planned) is null
        ? summary
        : $"Only {verified:N0} of {planned:N0} workers were verified; what follows can speak of those alone. {summary}";

    private static string? SaidIn(string summary)
    {
        foreach (var line in summary.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (!text.StartsWith("- ", StringComparison.Ordinal) && AllPattern().Match(text.ToString()) is { Success: true } match)
            {
                return match.Value;
            }
        }

        return null;
    }

    [GeneratedRegex(
        @"\b(?:all|every|each|entire|whole)\b(?:\s+[^\s.!?]+){0,3}?\s+(?:workers?|tasks?|files?|agents?|reviewers?|reviews?|reports?|checks?|inputs?|items?|parts?|domain|repository|repo|tree|codebase|code)\b"
        + @"|\ball\s+(?:[0-9]+|of\s+(?:them|it|these|those)|is|are|was|were|clear|good|well|passed|done|green)\b",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AllPattern();
}
