namespace Muster.Agents.Inspect.Rules;

/// <summary>Goes through one line, character by character, and tells what is comment and what is string.</summary>
/// <remarks>An ordinary string ends with its line: an apostrophe in text that is no code spoils no more than its line.</remarks>
internal static class LineScan
{
    /// <summary>What stands at <paramref name="column"/>, and what goes on from there to the next line when the column is the line's end.</summary>
    public static (TextKind Kind, LineStart Next) Run(string line, int column, LineStart state, Language language)
    {
        var quote = '\0';
        var at = 0;
        while (at < column && at < line.Length)
        {
            if (state != LineStart.Code)
            {
                var close = line.IndexOf(Closing(state), at, StringComparison.Ordinal);
                if (close < 0 || close >= column)
                {
                    return (KindOf(state), state);
                }

                at = close + Closing(state).Length;
                state = LineStart.Code;
                continue;
            }

            var c = line[at];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
                at += c == '\\' ? 2 : 1;
            }
            else if (IsCommentAt(line, at, language))
            {
                return (TextKind.Comment, LineStart.Code);
            }
            else if (language.HasBlockComments && c == '/' && at + 1 < line.Length && line[at + 1] == '*')
            {
                (state, at) = (LineStart.BlockComment, at + 2);
            }
            else if (language.Quotes.Contains(c))
            {
                (state, quote, at) = Open(line, at, language);
            }
            else
            {
                at++;
            }
        }

        return (quote != '\0' ? TextKind.String : KindOf(state), state);
    }

    private static (LineStart State, char Quote, int At) Open(string line, int at, Language language)
    {
        var c = line[at];
        if (language.HasTripleQuotes && at + 2 < line.Length && line[at + 1] == c && line[at + 2] == c)
        {
            var isDocstring = line.AsSpan(0, at).TrimStart(" \trRuUbB").IsEmpty;
            return ((c, isDocstring) switch
            {
                ('"', true) => LineStart.DoubleDocstring,
                ('"', false) => LineStart.DoubleTriple,
                (_, true) => LineStart.SingleDocstring,
                _ => LineStart.SingleTriple,
            }, '\0', at + 3);
        }

        if (c == '`')
        {
            return (LineStart.Template, '\0', at + 1);
        }

        // A lone quote is a character or an apostrophe: '"' must not open a string.
        return (LineStart.Code, c, at + 1);
    }

    private static bool IsCommentAt(string line, int at, Language language)
    {
        foreach (var mark in language.LineComments)
        {
            // "#" within a word is no comment, and "//" after a colon is an address.
            if (string.CompareOrdinal(line, at, mark, 0, mark.Length) == 0
                && (at == 0 || (mark == "#" ? char.IsWhiteSpace(line[at - 1]) : line[at - 1] != ':')))
            {
                return true;
            }
        }

        return false;
    }

    private static string Closing(LineStart state) => state switch
    {
        LineStart.BlockComment => "*/",
        LineStart.DoubleDocstring or LineStart.DoubleTriple => "\"\"\"",
        LineStart.SingleDocstring or LineStart.SingleTriple => "'''",
        _ => "`",
    };

    private static TextKind KindOf(LineStart state) => state switch
    {
        LineStart.Code => TextKind.Code,
        LineStart.BlockComment or LineStart.DoubleDocstring or LineStart.SingleDocstring => TextKind.Comment,
        _ => TextKind.String,
    };
}
