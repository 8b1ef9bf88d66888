using System.Text;
using Muster.Artefacts;

namespace Muster.Agents.Inspect;

/// <summary>One regular file of the audited tree.</summary>
/// <param name="Path">Relative to the root, forward slashes.</param>
/// <param name="FullPath">Absolute path.</param>
/// <param name="Length">Bytes.</param>
public sealed record SourceFile(string Path, string FullPath, long Length)
{
    /// <summary>Text beyond this is not read: a larger file is judged by name and size alone.</summary>
    public const int MaxTextLength = 2 << 20;

    /// <summary>A line longer than this is cut: minified code and data are not what checks are for.</summary>
    public const int MaxLineLength = 2_000;

    /// <summary>The file's extension in lower case with its dot, or an empty string.</summary>
    public string Extension => System.IO.Path.GetExtension(Path).ToLowerInvariant();

    /// <summary>The file's name without its directories.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The content as text with bad bytes replaced; null when it is binary (a NUL in the first 8,000 bytes), too large or gone.</summary>
    public string? ReadText()
    {
        if (Length > MaxTextLength)
        {
            return null;
        }

        try
        {
            using var file = BeneathFile.TryOpen(FullPath[..^(Path.Length + 1)], Path, mayBeHardLinked: true, out _);
            if (file is null)
            {
                return null; // A link, a pipe, or out of reach.
            }

            var bytes = new byte[Math.Min(RandomAccess.GetLength(file), MaxTextLength)];
            bytes = bytes[..RandomAccess.Read(file, bytes, 0)];
            return bytes.AsSpan(0, Math.Min(bytes.Length, 8_000)).Contains((byte)0) ? null : Decode(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It went away or was closed to us since the listing; the census of files says so.
        }
    }

    /// <summary>The lines of <see cref="ReadText"/> without line ends; empty when there is no text.</summary>
    public string[] ReadLines()
    {
        if (ReadText() is not { Length: > 0 } text)
        {
            return [];
        }

        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            lines[i] = line.Length > MaxLineLength ? line[..MaxLineLength] : line;
        }

        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static string Decode(byte[] bytes)
    {
        ReadOnlySpan<byte> content = bytes;
        return Encoding.UTF8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[3..] : content);
    }
}
