using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muster.Plans;

/// <summary>Where the items of a <c>foreach</c> come from; read as a stream each time it is asked.</summary>
public abstract record ItemSource
{
    private ItemSource(string name) => Name = name;

    /// <summary>What errors call it: the file's name as the plan gives it, or the pattern.</summary>
    public string Name { get; }

    /// <summary>Absolute path of the file that the items stand in; null when they are paths themselves.</summary>
    public virtual string? File => null;

    /// <summary>The items in order.</summary>
    /// <exception cref="FormatException">A line is no item.</exception>
    /// <exception cref="DecoderFallbackException">The file is not UTF-8.</exception>
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
        public override string? File => Path;

        /// <inheritdoc/>
        public override IEnumerable<PlanItem> Read() =>
            LinesOf(Path).Where(l => l.Text.AsSpan().Trim().Length > 0).Select(l => new PlanItem(l.Text, null, l.Number));
    }

    /// <summary>A JSON string or object a line.</summary>
    public sealed record Json(string Given, string Path) : ItemSource(Given)
    {
        /// <inheritdoc/>
        public override string? File => Path;

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
                    var kind => throw new ItemException(line, $"is a JSON {kind.ToString().ToLowerInvariant()}, and an item is a string or an object"),
                };
            }
            catch (JsonException e)
            {
                throw new ItemException(line, $"is not JSON: {Why(e)}");
            }
        }

        /// <summary>The parser's words without its own count of lines, which knows one line alone.</summary>
        private static string Why(JsonException e)
        {
            var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            return $"{(end < 0 ? e.Message : e.Message[..end]).TrimEnd('.')}, at byte {(e.BytePositionInLine ?? 0) + 1:0}";
        }

        private static string TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
    }

    /// <summary>The rows of a CSV file (RFC 4180) whose first row names the fields.</summary>
    public sealed record Csv(string Given, string Path) : ItemSource(Given)
    {
        /// <inheritdoc/>
        public override string? File => Path;

        /// <inheritdoc/>
        public override IEnumerable<PlanItem> Read()
        {
            using var reader = Open(Path);
            string[]? names = null;
            foreach (var (row, line) in CsvRows.Read(reader))
            {
                if (names is null)
                {
                    names = [.. row.Select(name => name.Trim())];
                    if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
                    {
                        throw new ItemException(line, $"names the field '{twice.Key}' twice");
                    }

                    continue;
                }

                if (row.Length != names.Length)
                {
                    throw new ItemException(line, $"has {row.Length} {(row.Length == 1 ? "field" : "fields")} and the first row {names.Length}");
                }

                yield return new(
                    string.Join(',', row.Select(Quoted)), names.Zip(row).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal), line);
            }
        }
    }

    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"")}\"";

    private static IEnumerable<(string Text, int Number)> LinesOf(string path)
    {
        using var reader = Open(path);
        foreach (var line in BoundedLines.Read(reader))
        {
            yield return line;
        }
    }

    private static StreamReader Open(string path) =>
        new(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, 1 << 16);
}
