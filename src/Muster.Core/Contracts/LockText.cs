using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muster.Contracts;

/// <summary>Writes locks.json.</summary>
internal static class LockText
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(LockBook book)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray("locks");
            foreach (var item in book.Locks)
            {
                Write(json, item);
            }

            json.WriteEndArray();
            json.WriteStartArray("audit");
            foreach (var change in book.Audit)
            {
                Write(json, change);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>A level as the file has it.</summary>
    public static string Word(LockLevel level) => level.ToString().ToLowerInvariant();

    private static void Write(Utf8JsonWriter json, ContractLock item)
    {
        json.WriteStartObject();
        json.WriteString("id", item.Id);
        json.WriteString("locked_by", item.LockedBy);
        json.WriteString("lock_level", Word(item.Level));
        json.WriteStartArray("affects");
        foreach (var name in item.Affects)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteString("assertion", item.Assertion);
        json.WriteString("locked_at", Time(item.LockedAt));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LockChange change)
    {
        json.WriteStartObject();
        json.WriteString("at", Time(change.At));
        json.WriteString("by", change.By);
        json.WriteString("id", change.Id);
        if (change.From is { } from)
        {
            json.WriteString("from", Word(from));
        }

        if (change.To is { } to)
        {
            json.WriteString("to", Word(to));
        }

        json.WriteString("because", change.Because);
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");
}
