using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>One line of a file of pairs.</summary>
internal sealed class TrainingLine(string file, ContractProblems problems)
{
    private const int MostText = 64 << 10, MostItems = 100;

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Types = [.. Enum.GetNames<TrainingTaxonomy>().Select(n => n.ToLowerInvariant())];
    private static readonly string[] Keys =
        ["pair_id", "taxonomy", "source_refs", "modules_referenced", "hop_count", "difficulty", "quality_score", "expires_at"];

    private readonly JsonFields json = new(file, problems);

    /// <summary>The pair; null, and told, where the line has another form.</summary>
    public TrainingPair? Read(ReadOnlySpan<byte> line, int number)
    {
        if (JsonTree.Read(line, file, problems, number) is not { } tree || json.Fields(tree, ["messages", "metadata"], ["messages", "metadata"], "a pair") is not { Count: 2 } pair)
        {
            return null;
        }

        var messages = json.Items(pair["messages"], 3, "messages").Select(Message).ToList();
        var isChat = messages.TrueForAll(m => m is not null) && messages.Select(m => m!.Value.Role).SequenceEqual(messages.Count == 3 ? ["system", "user", "assistant"] : ["user", "assistant"]);
        if (!isChat)
        {
            json.Error(pair["messages"], "These are not the messages of a pair.", "Write one of role user and one of role assistant, and before them, if it is needed, one of role system.");
        }

        if (json.Fields(pair["metadata"], Keys, Keys.Except(["expires_at"]), "the metadata") is not { } metadata)
        {
            return null;
        }

        var id = (int?)Number(metadata.GetValueOrDefault("pair_id"), 1, int.MaxValue, whole: true);
        var taxonomy = json.Choice(metadata.GetValueOrDefault("taxonomy"), "type of the taxonomy", Types);
        var (sources, modules) = (Texts(metadata.GetValueOrDefault("source_refs"), "sources"), Texts(metadata.GetValueOrDefault("modules_referenced"), "modules"));
        var hops = (int?)Number(metadata.GetValueOrDefault("hop_count"), 1, 5, whole: true);
        var difficulty = json.Choice(metadata.GetValueOrDefault("difficulty"), "difficulty", "easy", "medium", "hard");
        var quality = Number(metadata.GetValueOrDefault("quality_score"), 0, 1, whole: false);
        var expires = Day(metadata.GetValueOrDefault("expires_at"), out var isDay);
        return isChat && id is not null && taxonomy is not null && sources is not null && modules is not null && hops is not null && difficulty is not null && quality is not null && isDay
            ? new(
                id.Value, messages.Count == 3 ? messages[0]!.Value.Text : null, messages[^2]!.Value.Text, messages[^1]!.Value.Text, Enum.Parse<TrainingTaxonomy>(taxonomy, ignoreCase: true),
                sources.Value, modules.Value, hops.Value, difficulty, quality.Value, expires)
            : null;
    }

    public static string Write(TrainingPair pair, bool withMetadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, OneLine))
        {
            json.WriteStartObject();
            json.WriteStartArray("messages");
            foreach (var (role, text) in new[] { ("system", pair.System), ("user", pair.Question), ("assistant", pair.Answer) }.Where(m => m.Item2 is not null))
            {
                json.WriteStartObject();
                json.WriteString("role", role);
                json.WriteString("content", text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (withMetadata)
            {
                Metadata(json, pair);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Metadata(Utf8JsonWriter json, TrainingPair pair)
    {
        json.WriteStartObject("metadata");
        json.WriteNumber("pair_id", pair.Id);
        json.WriteString("taxonomy", pair.Taxonomy.ToString().ToLowerInvariant());
        foreach (var (key, texts) in new[] { ("source_refs", pair.SourceRefs), ("modules_referenced", pair.ModulesReferenced) })
        {
            json.WriteStartArray(key);
            texts.ToList().ForEach(json.WriteStringValue);
            json.WriteEndArray();
        }

        json.WriteNumber("hop_count", pair.HopCount);
        json.WriteString("difficulty", pair.Difficulty);
        json.WriteNumber("quality_score", pair.QualityScore);
        json.WriteString("expires_at", pair.ExpiresAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private (string Role, string Text)? Message(JsonPart part) =>
        json.Fields(part, ["role", "content"], ["role", "content"], "a message") is { Count: 2 } fields
        && json.Choice(fields["role"], "role", "system", "user", "assistant") is { } role && json.Text(fields["content"], MostText) is { } text
            ? (role, DisplayText.Clean(text)) : null;

    private ImmutableArray<string>? Texts(JsonPart? part, string what)
    {
        var texts = json.Items(part, MostItems, what).Select(item => json.Text(item, 1_000)).ToList();
        return part is JsonPart.List { Items.Length: <= MostItems } && texts.TrueForAll(t => t is not null) ? [.. texts.OfType<string>()] : null;
    }

    private decimal? Number(JsonPart? part, decimal least, decimal most, bool whole)
    {
        if (part is null)
        {
            return null;
        }

        if (part is JsonPart.Word word && decimal.TryParse(word.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most && (!whole || decimal.IsInteger(number)))
        {
            return number;
        }

        json.Error(part, $"This is no {(whole ? "whole " : string.Empty)}number from {least:0} to {most:0}.", "Write the number without quotes.");
        return null;
    }

    private DateOnly? Day(JsonPart? part, out bool isGood)
    {
        isGood = part is null or JsonPart.Word { Value: "null" };
        if (isGood)
        {
            return null;
        }

        isGood = DateOnly.TryParseExact((part as JsonPart.Text)?.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        if (isGood)
        {
            return day;
        }

        json.Error(part!, "This is no day.", "Write it like \"2027-01-31\", or null for a pair that does not expire.");
        return null;
    }
}
