using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Muster.Agents.Chat.Tools;

/// <summary>Reads a file's lines in little memory, whatever the file: long lines are cut, and reading ends after so many bytes.</summary>
internal static class TextLines
{
    /// <summary>Characters of a line that are kept.</summary>
    public const int MaxLength = 2_000;

    /// <summary>Bytes of a file that are looked at.</summary>
    public const long MostBytes = 64L << 20;

    private const int BinaryProbe = 8_000;

    /// <summary>Whether there is a NUL among the first bytes, as git decides it.</summary>
    public static bool IsBinary(SafeFileHandle file)
    {
        Span<byte> head = stackalloc byte[BinaryProbe];
        return head[..RandomAccess.Read(file, head, 0)].Contains((byte)0);
    }

    /// <summary>The lines without their ends; bad bytes are replaced.</summary>
    /// <param name="file">Read from its beginning; not closed.</param>
    /// <param name="cancellationToken">Asked as blocks are read.</param>
    public static IEnumerable<string> Read(SafeFileHandle file, CancellationToken cancellationToken)
    {
        var (bytes, chars) = (new byte[1 << 15], new char[(1 << 15) + 1]);
        var decoder = Encoding.UTF8.GetDecoder();
        var line = new StringBuilder();
        var (at, hasLine, isFirst) = (0L, false, true);
        while (at < MostBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(file, bytes, at);
            at += read;
            var length = decoder.GetChars(bytes, 0, read, chars, 0, flush: read == 0);
            var start = isFirst && length > 0 && chars[0] == '\uFEFF' ? 1 : 0;
            isFirst = false;
            while (start < length)
            {
                var end = Array.IndexOf(chars, '\n', start, length - start);
                var until = end < 0 ? length : end;
                line.Append(chars, start, Math.Min(until - start, Math.Max(0, MaxLength + 1 - line.Length)));
                hasLine = true;
                if (end < 0)
                {
                    break;
                }

                yield return Cut(line);
                line.Clear();
                (hasLine, start) = (false, end + 1);
            }

            if (read == 0)
            {
                break;
            }
        }

        if (hasLine)
        {
            yield return Cut(line);
        }
    }

    private static string Cut(StringBuilder line)
    {
        if (line.Length > MaxLength)
        {
            return line.ToString(0, MaxLength) + " … [line cut]";
        }

        return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();
    }
}
