using System.Globalization;
using System.Text.RegularExpressions;
using Muster.Runs;

namespace Muster.Agents.Cli;

/// <summary>What the words and numbers in which CLIs tell of their provider's refusals mean for the next attempt.</summary>
internal static partial class CliFailures
{
    private const int MostReason = 300;

    private static readonly string[] Exhausted =
        ["spend limit", "spend_limit", "insufficient_quota", "quota exceeded", "exceeded your current quota", "credit balance", "billing", "usage limit", "daily quota", "perday"];

    private static readonly string[] Passing =
    [
        "connection", "timed out", "timeout", "econnre", "socket", "network", "stream disconnected", "overloaded", "at capacity", "high demand",
        "reading the server response", "fetch failed", "unavailable", "rate limit", "rate_limit",
    ];

    /// <summary>The failure that a CLI told.</summary>
    /// <param name="status">The HTTP status, where it is told as a number; null: it is looked for in the words.</param>
    /// <param name="message">What it said.</param>
    public static AgentFailure Of(int? status, string message)
    {
        var code = status ?? StatusIn(message);
        return new(ClassOf(code, message), Short(message));
    }

    /// <summary>A reason on one line, of bearable length, without a full stop at its end.</summary>
    public static string Short(string message)
    {
        var line = Spaces().Replace(message, " ").Trim().TrimEnd('.');
        return line.Length > MostReason ? line[..MostReason] + "…" : line;
    }

    private static FailureClass ClassOf(int? status, string message)
    {
        if (status is null or 400 or 402 or 403 or 429 && Has(message, Exhausted))
        {
            return FailureClass.Quota;
        }

        return status switch
        {
            402 => FailureClass.Quota,
            408 or 409 or 429 or >= 500 => FailureClass.Transient,
            >= 400 => FailureClass.Permanent,
            _ => Has(message, Passing) ? FailureClass.Transient : FailureClass.Agent,
        };
    }

    private static bool Has(string message, string[] words) => Array.Exists(words, word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static int? StatusIn(string message) =>
        Status().Match(message) is { Success: true } match ? int.Parse(match.Groups["code"].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"(?:status:?|status code|""code"":|API Error:|rejected \()\s*(?<code>[45]\d\d)\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Status();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
