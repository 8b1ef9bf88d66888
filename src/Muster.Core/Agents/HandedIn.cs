using System.Text;
using Muster.Artefacts;

namespace Muster.Agents;

/// <summary>Makes a file of the last message of an agent that may write none: what stands up to the sentinel is the file, what follows is returned.</summary>
internal static class HandedIn
{
    /// <summary>What such an agent is told, after its prompt.</summary>
    public const string Words =
        "\n## How to hand it in\n\nYou cannot write files here. Instead, your last message is the whole content of your file, from its title to its "
        + "last line `<!-- DONE -->`, without a code fence around it; after that line, in the same message, stands what you return.\n";

    private const int MostBytes = 16 << 20;

    /// <summary>Takes the message apart.</summary>
    /// <returns>The file, and what is returned; the file is null when the message has no sentinel, so that nothing was handed in.</returns>
    public static (string? File, string Returned) Split(string message)
    {
        var lines = message.ReplaceLineEndings("\n").Split('\n');
        var last = Array.FindLastIndex(lines, line => line.Trim() == WorkerFile.Sentinel);
        if (last < 0)
        {
            return (null, message.Trim());
        }

        // A fence around the file is how models show a file; what it holds is meant.
        var first = Array.FindIndex(lines, line => line.Trim().Length > 0);
        var isFenced = lines[first].TrimStart().StartsWith("```", StringComparison.Ordinal);
        var after = lines[(last + 1)..].SkipWhile(line => line.Trim().Length == 0 || line.Trim() == "```");
        return (string.Join('\n', lines[(isFenced ? first + 1 : first)..(last + 1)]) + "\n", string.Join('\n', after).Trim());
    }

    /// <summary>Writes the attempt's file from a message in a file; what is returned, or null when there is no message.</summary>
    public static string? Take(string messagePath, string outputPath)
    {
        if (new FileInfo(messagePath) is not { Exists: true, Length: > 0 and < MostBytes, LinkTarget: null })
        {
            return null;
        }

        var message = Encoding.UTF8.GetString(File.ReadAllBytes(messagePath));
        var (file, returned) = Split(message);
        if ((file ?? (message.TrimStart().StartsWith('#') ? message : null)) is { } content) // Half a file does not count, and is kept.
        {
            File.Delete(outputPath); // A link is replaced, never written through.
            File.WriteAllText(outputPath, content);
        }

        return returned;
    }
}
