using System.Text;

namespace Muster.Agents.Keeping;

/// <summary>Reads the end of a log, however long the log is and whatever bytes it holds.</summary>
internal static class StreamEnd
{
    private const int MostBytes = 65_536, MostCharacters = 4_096;

    /// <summary>The last line with something on it; empty when there is none.</summary>
    public static string LastLine(string path)
    {
        using var file = Open(path);
        if (file is null)
        {
            return string.Empty;
        }

        file.Seek(-Math.Min(file.Length, MostBytes), SeekOrigin.End);
        var bytes = new byte[MostBytes];
        var text = Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, MostBytes, throwOnEndOfStream: false)).AsSpan().TrimEnd();
        var line = text[(text.LastIndexOfAny('\n', '\r') + 1)..].Trim();
        return line.Length > MostCharacters ? string.Concat(line[..MostCharacters], "…") : line.ToString();
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Nothing was written, or it was taken away: nothing was said.
        }
    }
}
