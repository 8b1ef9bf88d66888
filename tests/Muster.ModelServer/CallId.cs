using System.Text.RegularExpressions;

namespace Muster.Loopback;

/// <summary>Ids of tool calls say which turn they belong to, for some clients send parallel calls back one by one.</summary>
internal static partial class CallId
{
    public static string New(string prefix, int turn) => $"{prefix}t{turn}x{Random.Shared.NextInt64():x16}";

    /// <summary>The turn's mark, equal for all calls of one turn only; null for an id of another origin.</summary>
    public static string? TurnOf(string? callId) =>
        callId is not null && TurnPattern().Match(callId) is { Success: true } match ? match.Groups["turn"].Value : null;

    [GeneratedRegex("(?<turn>t[0-9]+)x[0-9a-f]{16}$", RegexOptions.NonBacktracking)]
    private static partial Regex TurnPattern();
}
