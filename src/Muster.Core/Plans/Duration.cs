using System.Globalization;
using System.Text.RegularExpressions;

namespace Muster.Plans;

/// <summary>Reads durations as people write them: <c>200ms</c>, <c>5s</c>, <c>30m</c>, <c>2h</c>, <c>1h30m</c>, <c>1d</c>.</summary>
public static partial class Duration
{
    private static readonly decimal MaxSeconds = (decimal)TimeSpan.FromDays(365).TotalSeconds;

    /// <summary>Whether the text is a duration from 0 to 365 days; the units come in falling order, each once.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Pattern().Match(text.Trim());
        if (!match.Success || match.Length == 0)
        {
            return false;
        }

        var seconds = (Part(match, "d") * 86_400) + (Part(match, "h") * 3_600) + (Part(match, "m") * 60) + Part(match, "s") + (Part(match, "ms") / 1_000);
        if (seconds > MaxSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    private static decimal Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } part ? decimal.Parse(part.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        @"^(?:(?<d>[0-9]{1,9}(?:\.[0-9]{1,9})?)d)?(?:(?<h>[0-9]{1,9}(?:\.[0-9]{1,9})?)h)?(?:(?<m>[0-9]{1,9}(?:\.[0-9]{1,9})?)m)?"
        + @"(?:(?<s>[0-9]{1,9}(?:\.[0-9]{1,9})?)s)?(?:(?<ms>[0-9]{1,9}(?:\.[0-9]{1,9})?)ms)?$", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
