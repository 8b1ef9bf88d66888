using System.Text;

namespace Muster.Plans;

/// <summary>Reads comma-separated values as RFC 4180 writes them: quotes, doubled quotes, line ends inside quotes, CRLF or LF.</summary>
internal static class CsvRows
{
    private const int MaxFieldLength = 1 << 20;

    /// <summary>The rows with the line that each begins on; blank lines are left out.</summary>
    /// <exception cref="ItemException">A quote stands where none may, or is never closed.</exception>
    public static IEnumerable<(string[] Row, int Line)> Read(TextReader reader)
    {
        var row = new List<string>();
        var field = new StringBuilder();
        var (line, start, quoted, wasQuoted) = (1, 1, false, false);
        while (reader.Read() is >= 0 and var read)
        {
            var c = (char)read;
            line += c == '\n' ? 1 : 0;
            if (field.Length > MaxFieldLength)
            {
                throw new ItemException(start, $"has a field longer than {MaxFieldLength:N0} characters");
            }

            if (quoted)
            {
                quoted = c != '"' || reader.Peek() == '"';
                if (quoted)
                {
                    field.Append(c == '"' ? (char)reader.Read() : c);
                }
            }
            else if (c == '"')
            {
                quoted = wasQuoted = field.Length == 0 && !wasQuoted ? true : throw new ItemException(line, "has a quote inside a field");
            }
            else if (c == ',')
            {
                row.Add(Take(field));
                wasQuoted = false;
            }
            else if (c == '\n')
            {
                row.Add(Take(field));
                if (row.Count > 1 || row[0].Length > 0 || wasQuoted)
                {
                    yield return ([.. row], start);
                }

                row.Clear();
                (start, wasQuoted) = (line, false);
            }
            else if (c != '\r' || reader.Peek() != '\n')
            {
                field.Append(wasQuoted ? throw new ItemException(line, "has text after a closing quote") : c);
            }
        }

        if (quoted)
        {
            throw new ItemException(start, "has a quote that is never closed");
        }

        if (row.Count > 0 || field.Length > 0 || wasQuoted)
        {
            row.Add(Take(field));
            yield return ([.. row], start);
        }
    }

    private static string Take(StringBuilder field)
    {
        var text = field.ToString();
        field.Clear();
        return text;
    }
}
