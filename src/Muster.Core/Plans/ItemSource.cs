using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muster.Plans;

/// <summary>Where the items of a <c>foreach</c> come from; read as a stream each time it is asked.</summary>
public abstract record ItemSource
{
    private const int MaxLineLength = 1 << 20;

    private ItemSource(string name) => Name = name;

    /// <summary>What errors call it: the file's name as the plan gives it, or the pattern.</summary>
    public string Name { get; }

    /// <summary>The items in order.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public abstract IEnumerable<PlanItem> Read();

    /// <summary>Paths of the tree that matched a pattern when the plan was loaded.</summary>
    public sealed record Paths(string Pattern, ImmutableArray<string> Matches) : ItemSource(Pattern)
    {
        /// <inheritdoc/>
        public override IEnumerable<PlanItem> Read() => Matches.Select((path, i) => new PlanItem(path, null, i + 1));
    }

    /// <summary>The lines of a file that are not blank.</summary>
    public sealed record Lines(string Given, string Path) : ItemSource(Given)
    {
        /// <inheritdoc/>
        public override IEnumerable<PlanItem> Read() =>
            LinesOf(Path).Where(l => l.Text.AsSpan().Trim().Length > 0).Select(l => new PlanItem(l.Text, null, l.Number));
    }

    /// <summary>A JSON string or object a line.</summary>
    public sealed record Json(string Given, string Path) : ItemSource(Given)
    {
        /// <inheritdoc/>
        public override IEnumerable<PlanItem> Read() =>
            LinesOf(Path).Where(l => l.Text.AsSpan().Trim().Length > 0).Select(l => Item(l.Text, l.Number));

        private static PlanItem Item(string text, int line)
        {
            try
            {
                using var json = JsonDocument.Parse(text, new() { AllowDuplicateProperties = false });
                return json.RootElement.ValueKind switch
                {
                    JsonValueKind.String => new(json.RootElement.GetString()!, null, line),
                    JsonValueKind.Object => new(
                        text.Trim(), json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind is not JsonValueKind.Null).ToDictionary(p => p.Name, p => TextOf(p.Value), StringComparer.Ordinal), line),
                    var kind => throw new FormatException($"line {line} is a JSON {kind}, and an item is a string or an object"),
                };
            }
            catch (JsonException e)
            {
                throw new FormatException($"line {line} is not JSON: {e.Message}", e);
            }
        }

        private static string TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }

    /// <summary>The rows of a CSV file (RFC 4180) whose first row names the fields.</summary>
    public sealed record Csv(string Given, string Path) : ItemSource(Given)
    {
        /// <inheritdoc/>
        public override IEnumerable<PlanItem> Read()
        {
            using var reader = Open(Path);
            string[]? names = null;
            foreach (var (row, line) in CsvRows.Read(reader))
            {
                if (names is null)
                {
                    names = row;
                    continue;
                }

                if (row.Length != names.Length)
                {
                    throw new FormatException($"line {line} has {row.Length} fields and the first row {names.Length}");
                }

                yield return new(
                    string.Join(',', row.Select(Quoted)), names.Zip(row).ToDictionary(p => p.First.Trim(), p => p.Second, StringComparer.Ordinal), line);
            }
        }
    }

    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";

    private static IEnumerable<(string Text, int Number)> LinesOf(string path)
    {
        using var reader = Open(path);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            yield return line.Length <= MaxLineLength
                ? (line, number)
                : throw new FormatException($"line {number} is longer than {MaxLineLength:N0} characters");
        }
    }

    private static StreamReader Open(string path) =>
        new(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, 1 << 16);
}
