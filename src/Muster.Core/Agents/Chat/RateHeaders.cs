using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Muster.Agents.Chat;

/// <summary>Reads what providers say of their limits in the head of an answer.</summary>
internal static partial class RateHeaders
{
    /// <summary>A limit's budget fills again all the time, so a longer time to its end is not waited for before asking again.</summary>
    private static readonly TimeSpan LongestReset = TimeSpan.FromSeconds(60);

    private static readonly (string Remaining, string Reset)[] Budgets =
    [
        .. new[] { "requests", "tokens", "input-tokens", "output-tokens" }.Select(what => ($"anthropic-ratelimit-{what}-remaining", $"anthropic-ratelimit-{what}-reset")),
        .. new[] { "requests", "tokens" }.Select(what => ($"x-ratelimit-remaining-{what}", $"x-ratelimit-reset-{what}")),
    ];

    /// <summary>How long the provider asks to wait: retry-after in milliseconds, seconds, or as a date; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (Value(headers, "retry-after-ms") is { } ms && double.TryParse(ms, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is > 0 and < 1e9)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return headers.RetryAfter switch
        {
            { Delta: { } wait } => wait,
            { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
            _ => Value(headers, "retry-after") is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e7
                ? TimeSpan.FromSeconds(seconds)
                : null,
        };
    }

    /// <summary>How long until a budget that is used up is there again; null when none is used up.</summary>
    public static TimeSpan? UntilReset(HttpResponseHeaders headers, DateTimeOffset now)
    {
        TimeSpan? longest = null;
        foreach (var (remaining, reset) in Budgets)
        {
            if (Value(headers, remaining) is "0" && Value(headers, reset) is { } text && Until(text, now) is { } wait && !(longest > wait))
            {
                longest = wait < LongestReset ? wait : LongestReset;
            }
        }

        return longest;
    }

    /// <summary>Whether the provider says not to try again.</summary>
    public static bool SaysNoRetry(HttpResponseHeaders headers) => Value(headers, "x-should-retry") is "false";

    private static string? Value(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <summary>A date of RFC 3339, or a span such as <c>6m0s</c> or <c>20ms</c>.</summary>
    private static TimeSpan? Until(string text, DateTimeOffset now)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && text.Contains('-', StringComparison.Ordinal))
        {
            return date > now ? date - now : null;
        }

        var span = TimeSpan.Zero;
        foreach (Match part in SpanPattern().Matches(text))
        {
            var number = double.Parse(part.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            span += part.Groups["unit"].Value switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => TimeSpan.FromSeconds(number),
            };
        }

        return span > TimeSpan.Zero ? span : null;
    }

    [GeneratedRegex(@"(?<number>\d{1,6}(?:\.\d{1,6})?)(?<unit>ms|s|m|h|$)", RegexOptions.NonBacktracking)]
    private static partial Regex SpanPattern();
}
