using System.Text;

namespace Muster.Artefacts;

/// <summary>The lines of a worker's file, one after the other, each with what it is: the one reading that its verifier and its readers share.</summary>
/// <remarks>Anything may stand in the file. Headings below level two divide a section; they do not end it.</remarks>
internal ref struct WorkerFileLines
{
    private SpanLineEnumerator lines;
    private CodeFence fence;

    /// <summary>Goes through a text; ask <see cref="MoveNext"/> for the first line.</summary>
    public WorkerFileLines(ReadOnlySpan<char> text) => lines = text.EnumerateLines();

    /// <summary>The line as it stands.</summary>
    public ReadOnlySpan<char> Line { get; private set; }

    /// <summary>What the line says: a heading's or bullet's text without its marks, any other line trimmed.</summary>
    public ReadOnlySpan<char> Text { get; private set; }

    /// <summary>What the line is.</summary>
    public WorkerFileLine Kind { get; private set; }

    /// <summary>The heading of level one or two that the line stands under, or is; empty before the first.</summary>
    public ReadOnlySpan<char> Section { get; private set; }

    /// <summary>Whether the line stands under "Findings".</summary>
    public readonly bool IsInFindings => Section.Equals("Findings", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the next line in.</summary>
    /// <returns>Whether there was one.</returns>
    public bool MoveNext()
    {
        if (!lines.MoveNext())
        {
            return false;
        }

        Line = lines.Current;
        Text = Line.Trim();
        Kind = Text.IsEmpty ? WorkerFileLine.Blank : WorkerFileLine.Text;
        if (fence.Take(Line))
        {
            Kind = Text.IsEmpty ? WorkerFileLine.Blank : WorkerFileLine.Code;
        }
        else if (Line.TrimEnd() is WorkerFile.Sentinel)
        {
            Kind = WorkerFileLine.Sentinel;
        }
        else if (HeadingLevel(Line) is > 0 and var level)
        {
            Text = WithoutClosing(Line[level..].Trim());
            Kind = level switch { 1 => WorkerFileLine.Title, 2 => WorkerFileLine.Section, _ => WorkerFileLine.Heading };
            Section = level <= 2 ? Text : Section;
        }
        else if (BulletMark(Text) is > 0 and var mark && !IsRule(Text))
        {
            Text = Text[mark..].TrimStart();
            Kind = WorkerFileLine.Bullet;
        }

        return true;
    }

    private static int HeadingLevel(ReadOnlySpan<char> line)
    {
        var level = line.IndexOfAnyExcept('#') is >= 0 and var end ? end : 0;
        return level is >= 1 and <= 6 && line[level] is ' ' or '\t' ? level : 0;
    }

    private static ReadOnlySpan<char> WithoutClosing(ReadOnlySpan<char> heading) =>
        heading.TrimEnd('#') is var rest && (rest.IsEmpty || rest[^1] is ' ' or '\t') ? rest.TrimEnd() : heading;

    /// <summary>Characters of a list's mark, "-", "*", "+", "1." or "1)", where white space follows it; 0 when there is none.</summary>
    private static int BulletMark(ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        var mark = text.IsEmpty ? 0
            : text[0] is '-' or '*' or '+' ? 1
            : digits is >= 1 and <= 9 && text[digits] is '.' or ')' ? digits + 1
            : 0;
        return mark > 0 && mark < text.Length && char.IsWhiteSpace(text[mark]) ? mark : 0;
    }

    /// <summary>"* * *" draws a line across the page; it is no bullet.</summary>
    private static bool IsRule(ReadOnlySpan<char> text)
    {
        var marks = 0;
        foreach (var c in text)
        {
            if (c != text[0] && !char.IsWhiteSpace(c))
            {
                return false;
            }

            marks += c == text[0] ? 1 : 0;
        }

        return marks >= 3;
    }
}
