using Muster.Runs;

namespace Muster.Agents;

/// <summary>What an agent says to its parent, found in the last thing that it said.</summary>
internal static class ReturnLine
{
    private static readonly string[] Beginnings = ["Done.", "Failed.", "BLOCKED."];

    /// <summary>A coordinator's whole text; of any other's the last line that begins as it was told to begin, else the last line.</summary>
    public static string Of(string said, Role role)
    {
        if (role is Role.Coordinator)
        {
            return said.Trim();
        }

        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.LastOrDefault(line => Array.Exists(Beginnings, word => line.StartsWith(word, StringComparison.Ordinal)))
            ?? lines.LastOrDefault() ?? string.Empty;
    }
}
