using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muster.Loopback;

/// <summary>A response's bytes, and where each of its events ends, so that a fault can break it off anywhere.</summary>
internal sealed class EventStream : IDisposable
{
    private const int PieceLength = 64;

    private readonly ArrayBufferWriter<byte> buffer = new(2_048);
    private readonly Utf8JsonWriter json;
    private readonly List<int> ends = [];

    // Letters beyond ASCII stay letters: a cut between their bytes is a fault to be tried.
    public EventStream() =>
        json = new(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public ReadOnlyMemory<byte> Bytes => buffer.WrittenMemory;

    public IReadOnlyList<int> Ends => ends;

    /// <summary>A response that is one JSON object.</summary>
    public static EventStream Whole(Action<Utf8JsonWriter> write)
    {
        var stream = new EventStream();
        write(stream.json);
        stream.json.Flush();
        stream.ends.Add(stream.buffer.WrittenCount);
        return stream;
    }

    /// <summary>An event with an object; <paramref name="write"/> writes its properties.</summary>
    /// <param name="name">Null for dialects whose events have no names.</param>
    /// <param name="write">Writes into an object that is open.</param>
    public void Event(string? name, Action<Utf8JsonWriter> write)
    {
        if (name is not null)
        {
            Raw("event: ");
            Raw(name);
            Raw("\n");
        }

        Raw("data: ");
        json.Reset();
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        Raw("\n\n");
        ends.Add(buffer.WrittenCount);
    }

    /// <summary>An event that is no JSON.</summary>
    public void Event(string data)
    {
        Raw($"data: {data}\n\n");
        ends.Add(buffer.WrittenCount);
    }

    /// <summary>Forgets what stands after a place; more events may follow.</summary>
    public void CutAt(int length)
    {
        var kept = buffer.WrittenSpan[..length].ToArray();
        buffer.ResetWrittenCount();
        buffer.Write(kept);
        ends.RemoveAll(end => end > length);
    }

    /// <summary>The pieces in which a text is streamed; no character is divided.</summary>
    public static IEnumerable<string> Pieces(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var end = Math.Min(text.Length, i + PieceLength);
            end -= end < text.Length && char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
            yield return text[i..end];
            i = end;
        }
    }

    public void Dispose() => json.Dispose();

    private void Raw(string text) => Encoding.UTF8.GetBytes(text, buffer);
}
