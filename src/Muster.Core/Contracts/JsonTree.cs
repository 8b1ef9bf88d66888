using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muster.Contracts;

/// <summary>Reads JSON into parts with positions; refuses comments, depth, and a key given twice, of which each reader would take another.</summary>
internal ref struct JsonTree
{
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> bytes;
    private readonly ContractProblems problems;
    private readonly string file;
    private Utf8JsonReader reader;
    private int at, line, column;

    private JsonTree(ReadOnlySpan<byte> bytes, string file, ContractProblems problems, int firstLine)
    {
        this.bytes = bytes;
        (this.file, this.problems, line, column) = (file, problems, firstLine, 1);
        reader = new(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <summary>The whole; null, and told, where it is no JSON.</summary>
    /// <param name="bytes">UTF-8 without a byte order mark.</param>
    /// <param name="file">What problems name.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="firstLine">Number of the first line, where the text is one of several in a file.</param>
    public static JsonPart? Read(ReadOnlySpan<byte> bytes, string file, ContractProblems problems, int firstLine = 1)
    {
        var tree = new JsonTree(bytes, file, problems, firstLine);
        try
        {
            tree.reader.Read();
            var part = tree.Part();
            tree.reader.Read(); // Throws for what stands behind the end.
            return part;
        }
        catch (JsonException e)
        {
            tree.Go(Offset(bytes, e.LineNumber ?? 0, e.BytePositionInLine ?? 0));
            var why = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            problems.Error(file, tree.line, tree.column, $"This is not JSON that can be read: {ContractProblems.Shown(why)}.", "Look here and just above for a missing quote, comma or bracket.");
        }
        catch (InvalidOperationException)
        {
            problems.Error(file, tree.line, tree.column, "A text here has half a character in it.", "Write the whole character.");
        }

        return null;
    }

    private JsonPart Part()
    {
        Go((int)reader.TokenStartIndex);
        var (startLine, startColumn) = (line, column);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<JsonPart>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Part());
                }

                return new JsonPart.List(startLine, startColumn, items.DrainToImmutable());
            case JsonTokenType.StartObject:
                return Map(startLine, startColumn);
            case JsonTokenType.String:
                return new JsonPart.Text(startLine, startColumn, reader.GetString()!);
            default:
                return new JsonPart.Word(startLine, startColumn, Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private JsonPart.Map Map(int startLine, int startColumn)
    {
        var entries = ImmutableArray.CreateBuilder<(JsonPart.Text, JsonPart)>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Go((int)reader.TokenStartIndex);
            var key = new JsonPart.Text(line, column, reader.GetString()!);
            reader.Read();
            var value = Part();
            if (seen.TryGetValue(key.Value, out var first))
            {
                problems.Error(file, key.Line, key.Column, $"The key '{ContractProblems.Shown(key.Value)}' is given twice; it stands at line {first} already.", "Keep one of them.");
            }
            else
            {
                seen.Add(key.Value, key.Line);
                entries.Add((key, value));
            }
        }

        return new(startLine, startColumn, entries.DrainToImmutable());
    }

    /// <summary>Counts on to an offset; offsets only grow.</summary>
    private void Go(int offset)
    {
        for (; at < offset && at < bytes.Length; at++)
        {
            if (bytes[at] == '\n')
            {
                (line, column) = (line + 1, 1);
            }
            else if ((bytes[at] & 0xC0) != 0x80)
            {
                column++;
            }
        }
    }

    private static int Offset(ReadOnlySpan<byte> bytes, long lineNumber, long inLine)
    {
        var offset = 0;
        for (; lineNumber > 0 && bytes[offset..].IndexOf((byte)'\n') is >= 0 and var end; lineNumber--)
        {
            offset += end + 1;
        }

        return (int)Math.Min(bytes.Length, offset + inLine);
    }
}
