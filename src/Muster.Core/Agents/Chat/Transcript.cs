using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Muster.Agents.Chat;

/// <summary>The conversation of an attempt on disk: a line an entry, written before the next request is sent, so that a killed engine loses no turn.</summary>
/// <remarks>It is handed to the system, not to the disk: it outlives the engine, while a machine that fails may lose its last moments.</remarks>
internal sealed class Transcript : IDisposable
{
    /// <summary>Its name in the attempt's directory.</summary>
    public const string FileName = "transcript.jsonl";

    private static readonly JsonSerializerOptions Format = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private readonly FileStream file;
    private readonly TranscriptMask mask;

    private Transcript(FileStream file, TranscriptMask mask) => (this.file, this.mask) = (file, mask);

    /// <summary>Opens the attempt's transcript, or begins it, and reads what stands there. A last line that was not finished is cut off.</summary>
    /// <param name="directory">The attempt's.</param>
    /// <param name="mask">Takes secrets out of what is written.</param>
    /// <exception cref="AttemptLostException">What stands there is no transcript.</exception>
    public static (Transcript Transcript, List<TranscriptEntry> Entries) Open(string directory, TranscriptMask mask)
    {
        var path = Path.Combine(directory, FileName);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
            List<TranscriptEntry> entries = [];
            foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                entries.Add(JsonSerializer.Deserialize<TranscriptEntry>(line, Format) ?? throw new JsonException("an empty entry"));
            }

            if (entries is [{ Kind: not "begin" } or { Model: null }, ..])
            {
                throw new JsonException("it has no beginning");
            }

            file.SetLength(whole);
            file.Seek(0, SeekOrigin.End);
            return (new(file, mask), entries);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            file.Dispose();
            throw new AttemptLostException($"its transcript cannot be read: {e.Message}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether an attempt has one.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Writes an entry.</summary>
    public void Append(TranscriptEntry entry)
    {
        var masked = entry with
        {
            Message = entry.Message is null ? null : mask.Message(entry.Message),
            Reason = entry.Reason is null ? null : mask.Text(entry.Reason),
            ReturnLine = entry.ReturnLine is null ? null : mask.Text(entry.ReturnLine),
            StopDetail = entry.StopDetail is null ? null : mask.Text(entry.StopDetail),
        };
        file.Write([.. JsonSerializer.SerializeToUtf8Bytes(masked, Format), (byte)'\n']); // One call of the system, unbuffered.
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
