using System.Text;

namespace Muster.Plans;

/// <summary>Reads lines of which none may be longer than memory should hold, whatever the file.</summary>
internal static class BoundedLines
{
    private const int MaxLength = 1 << 20;

    /// <summary>The lines with their numbers from 1; LF, CRLF and a single CR end one.</summary>
    /// <exception cref="ItemException">A line is longer than a million characters; it is not read to its end.</exception>
    public static IEnumerable<(string Text, int Number)> Read(TextReader reader)
    {
        var (block, line) = (new char[1 << 15], new StringBuilder());
        var (number, afterReturn) = (1, false);
        while (reader.ReadBlock(block, 0, block.Length) is > 0 and var length)
        {
            for (var start = 0; start < length;)
            {
                if (afterReturn && block[start] == '\n')
                {
                    (afterReturn, start) = (false, start + 1);
                    continue;
                }

                afterReturn = false;
                var end = block.AsSpan(start, length - start).IndexOfAny('\n', '\r');
                line.Append(block, start, end < 0 ? length - start : end);
                if (line.Length > MaxLength)
                {
                    throw new ItemException(number, $"is longer than {MaxLength:N0} characters");
                }

                if (end < 0)
                {
                    break;
                }

                afterReturn = block[start + end] == '\r';
                yield return (line.ToString(), number++);
                line.Clear();
                start += end + 1;
            }
        }

        if (line.Length > 0)
        {
            yield return (line.ToString(), number);
        }
    }
}
