using System.Buffers;

namespace Muster.Agents.Cli;

/// <summary>Reads the lines that a growing log gained since the last look, in bounded memory: a line that is too long is left out.</summary>
internal sealed class GrowingLines(string path)
{
    /// <summary>Longest line that is read; what a CLI tells of itself is shorter, what it shows of files may be anything.</summary>
    public const int MostBytes = 4 << 20;

    private const int Chunk = 64 * 1024;

    private readonly byte[] chunk = new byte[Chunk];
    private readonly ArrayBufferWriter<byte> line = new();
    private long position;
    private bool isTooLong;

    /// <summary>Lines that were left out.</summary>
    public int TooLong { get; private set; }

    /// <summary>The lines that are whole by now, without their ends; each is valid until the next is asked for.</summary>
    /// <param name="isComplete">Whether nobody writes any more, so that a last line without an end counts too.</param>
    public IEnumerable<ReadOnlyMemory<byte>> Read(bool isComplete)
    {
        using var file = Open();
        if (file is null)
        {
            yield break;
        }

        file.Seek(position, SeekOrigin.Begin);
        for (int count; (count = file.Read(chunk)) > 0;)
        {
            position += count;
            for (var start = 0; start < count;)
            {
                var end = Array.IndexOf(chunk, (byte)'\n', start, count - start);
                Add(start, (end < 0 ? count : end) - start);
                start = end < 0 ? count : end + 1;
                if (end >= 0 && Take() is { } whole)
                {
                    yield return whole;
                }
            }
        }

        if (isComplete && Take() is { } last)
        {
            yield return last;
        }
    }

    private FileStream? Open()
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // Nothing was written yet, or it was taken away.
        }
    }

    private void Add(int start, int count)
    {
        isTooLong |= line.WrittenCount + count > MostBytes;
        if (!isTooLong)
        {
            line.Write(chunk.AsSpan(start, count));
        }
    }

    private ReadOnlyMemory<byte>? Take()
    {
        var (whole, wasTooLong) = (line.WrittenMemory, isTooLong);
        line.ResetWrittenCount();
        isTooLong = false;
        TooLong += wasTooLong ? 1 : 0;
        return wasTooLong || whole.IsEmpty ? (ReadOnlyMemory<byte>?)null : whole;
    }
}
