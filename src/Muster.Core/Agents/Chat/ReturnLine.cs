using Muster.Runs;

namespace Muster.Agents.Chat;

/// <summary>What an agent says to its parent, found in the last thing that it said.</summary>
internal static class ReturnLine
{
    /// <summary>A coordinator's whole text; of a worker's the last line that begins as it was told to begin, else the last line.</summary>
    public static string Of(string said, Role role)
    {
        if (role is Role.Coordinator)
        {
            return said.Trim();
        }

        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.LastOrDefault(line => line.StartsWith("Done.", StringComparison.Ordinal) || line.StartsWith("Failed.", StringComparison.Ordinal))
            ?? lines.LastOrDefault() ?? string.Empty;
    }
}
