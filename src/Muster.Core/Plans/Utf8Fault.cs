using System.Buffers;
using System.Text;

namespace Muster.Plans;

/// <summary>Finds where bytes stop being UTF-8, for a person who has to mend the file.</summary>
internal static class Utf8Fault
{
    private const int BlockSize = 1 << 16;

    /// <summary>Line and column, both from 1, of the first byte that is no part of UTF-8; null when every byte is.</summary>
    public static (int Line, int Column)? Find(Stream stream)
    {
        var block = new byte[BlockSize];
        var (line, column, kept) = (1, 1, 0);
        while (true)
        {
            var read = stream.ReadAtLeast(block.AsSpan(kept), 1, throwOnEndOfStream: false);
            var rest = block.AsSpan(0, kept + read);
            while (!rest.IsEmpty)
            {
                var status = Rune.DecodeFromUtf8(rest, out var rune, out var length);
                if (status is OperationStatus.NeedMoreData && read > 0)
                {
                    break; // The character goes on in the next block.
                }

                if (status is not OperationStatus.Done)
                {
                    return (line, column);
                }

                (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
                rest = rest[length..];
            }

            if (read == 0)
            {
                return null;
            }

            kept = rest.Length;
            rest.CopyTo(block);
        }
    }
}
