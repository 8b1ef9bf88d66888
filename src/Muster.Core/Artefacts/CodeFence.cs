namespace Muster.Artefacts;

/// <summary>Whether a line of Markdown stands in a fenced code block, as CommonMark 0.31 (section 4.5) has it.</summary>
internal struct CodeFence
{
    private char mark;
    private int length;

    /// <summary>Whether the next line is inside a block.</summary>
    public readonly bool IsOpen => length > 0;

    /// <summary>The line that closes the open block.</summary>
    public readonly string Closing => new(mark, length);

    /// <summary>Takes a line in.</summary>
    /// <returns>Whether the line belongs to a block, its fences included.</returns>
    public bool Take(ReadOnlySpan<char> line)
    {
        var wasOpen = IsOpen;
        var text = line.TrimStart(' ');
        if (line.Length - text.Length > 3 || text.IsEmpty || text[0] is not ('`' or '~'))
        {
            return wasOpen;
        }

        var run = text.IndexOfAnyExcept(text[0]) is >= 0 and var end ? end : text.Length;
        var rest = text[run..].TrimEnd();
        if (!wasOpen && run >= 3 && !(text[0] == '`' && rest.Contains('`')))
        {
            (mark, length) = (text[0], run);
            return true;
        }

        if (wasOpen && text[0] == mark && run >= length && rest.IsEmpty)
        {
            length = 0;
        }

        return wasOpen;
    }
}
