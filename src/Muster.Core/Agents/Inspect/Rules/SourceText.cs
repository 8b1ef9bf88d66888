namespace Muster.Agents.Inspect.Rules;

/// <summary>One file's text with its lines, and what of it is comment or string: by a scan, not a parse.</summary>
internal sealed class SourceText
{
    private const int LongLine = 300;

    private readonly Language language;
    private LineStart[]? starts;

    private SourceText(SourceFile file, string text, string[] lines, int[] offsets) =>
        (File, Text, Lines, Offsets, language) = (file, text, lines, offsets, Language.Of(file));

    public SourceFile File { get; }

    public string Text { get; }

    public string[] Lines { get; }

    public int[] Offsets { get; }

    /// <summary>The file's text, or null when it has none that can be read.</summary>
    public static SourceText? Read(SourceFile file, Func<string, bool> isWanted)
    {
        if (file.ReadText() is not { Length: > 0 } text || !isWanted(text))
        {
            return null;
        }

        var lines = text.Split('\n');
        if (IsMinified(file, text, lines))
        {
            return null;
        }

        var offsets = new int[lines.Length];
        for (int i = 0, at = 0; i < lines.Length; i++)
        {
            offsets[i] = at;
            at += lines[i].Length + 1;
            var line = lines[i].TrimEnd('\r');
            lines[i] = line.Length > SourceFile.MaxLineLength ? line[..SourceFile.MaxLineLength] : line;
        }

        return new(file, text, lines, offsets);
    }

    /// <summary>The 0-based line that holds a place in the text.</summary>
    public int LineAt(int offset)
    {
        var found = Array.BinarySearch(Offsets, offset);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>What stands at a place of a line.</summary>
    public TextKind KindAt(int line, int column)
    {
        starts ??= Scan(); // Few files have a match to ask about.
        var text = Lines[line];
        var indent = text.AsSpan().IndexOfAnyExcept(' ', '\t');
        if (starts[line] == LineStart.Code && indent >= 0 && indent < text.Length && IsWholeLineComment(text.AsSpan(indent)))
        {
            return TextKind.Comment;
        }

        return LineScan.Run(text, column, starts[line], language).Kind;
    }

    /// <summary>Whether the line is in the tests that Rust keeps at the end of a source file.</summary>
    public bool IsInlineTest(int line) =>
        File.Extension == ".rs" && Text.IndexOf("#[cfg(test)]", StringComparison.Ordinal) is var at and >= 0 && Offsets[line] >= at;

    /// <summary>Scripts whose text stands mostly in very long lines were made from others: nobody mends them here.</summary>
    private static bool IsMinified(SourceFile file, string text, string[] lines) =>
        file.Extension is ".js" or ".mjs" or ".cjs" or ".css" && lines.Where(line => line.Length > LongLine).Sum(line => line.Length) > text.Length / 2;

    private LineStart[] Scan()
    {
        var found = new LineStart[Lines.Length];
        var state = LineStart.Code;
        for (var i = 0; i < Lines.Length; i++)
        {
            found[i] = state;
            state = LineScan.Run(Lines[i], Lines[i].Length, state, language).Next;
        }

        return found;
    }

    private bool IsWholeLineComment(ReadOnlySpan<char> trimmed)
    {
        foreach (var mark in language.LineComments)
        {
            if (trimmed.StartsWith(mark, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
