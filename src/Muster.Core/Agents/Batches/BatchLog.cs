using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Muster.Agents.Batches;

/// <summary>The run's batches on disk, a line each time something is known: that one is meant, before it is sent; that it was made; that it was not.</summary>
/// <remarks>Each line is flushed to the disk: a batch that is paid for and that nobody remembers would be paid for again. Thread-safe.</remarks>
internal sealed class BatchLog(string runDirectory, TimeProvider time) : IDisposable
{
    /// <summary>Its name in the run's directory.</summary>
    public const string FileName = "batches.jsonl";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Lock gate = new();
    private readonly Dictionary<int, BatchRecord> records = [];
    private readonly Dictionary<BatchKey, int> numbers = [];
    private FileStream? file;

    /// <summary>The batch that holds an attempt; null when none is known to.</summary>
    /// <exception cref="AttemptUndecidedException">The file cannot be read.</exception>
    public BatchRecord? Find(BatchKey key)
    {
        lock (gate)
        {
            Open();
            return numbers.TryGetValue(key, out var number) ? records[number] : null;
        }
    }

    /// <summary>Whether a batch of the provider's is known as another than <paramref name="record"/>.</summary>
    public bool IsAnother(BatchRecord record, string id)
    {
        lock (gate)
        {
            return records.Values.Any(other => other.Id == id && other.Number != record.Number);
        }
    }

    /// <summary>A batch is about to be sent.</summary>
    public BatchRecord Mean(string account, ImmutableArray<BatchKey> keys)
    {
        lock (gate)
        {
            Open();
            var record = new BatchRecord(records.Keys.DefaultIfEmpty().Max() + 1, time.GetUtcNow(), account, keys);
            Append(new() { Kind = "meant", Number = record.Number, At = record.At, Account = account, Keys = [.. keys.Select(key => key.ToString())] });
            Add(record);
            return record;
        }
    }

    /// <summary>It is there, under this name.</summary>
    public BatchRecord Made(BatchRecord record, string id)
    {
        lock (gate)
        {
            Append(new() { Kind = "made", Number = record.Number, At = time.GetUtcNow(), Id = id });
            return records[record.Number] = record with { Id = id };
        }
    }

    /// <summary>There is no such batch: what was to be in it may be sent in another.</summary>
    public void None(BatchRecord record, string reason)
    {
        lock (gate)
        {
            Append(new() { Kind = "none", Number = record.Number, At = time.GetUtcNow(), Reason = reason });
            Remove(record.Number);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private void Open()
    {
        if (file is not null)
        {
            return;
        }

        var opened = new FileStream(Path.Combine(runDirectory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var length = Read(opened);
            opened.SetLength(length); // A last line that was not finished says nothing: its batch was not sent yet, or is looked for.
            opened.Seek(0, SeekOrigin.End);
            file = opened;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            opened.Dispose();
            throw new AttemptUndecidedException($"{FileName} in the run's directory cannot be read: {e.Message.TrimEnd('.')}");
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private long Read(FileStream from)
    {
        using var reader = new StreamReader(from, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var length = 0L;
        while (reader.ReadLine() is { } line && length + Encoding.UTF8.GetByteCount(line) < from.Length)
        {
            length += Encoding.UTF8.GetByteCount(line) + 1;
            Take(JsonSerializer.Deserialize<BatchLogEntry>(line, Format) ?? throw new JsonException("an empty line"));
        }

        return length;
    }

    private void Take(BatchLogEntry entry)
    {
        switch (entry.Kind)
        {
            case "meant":
                Add(new(entry.Number, entry.At, entry.Account ?? string.Empty, [.. (entry.Keys ?? []).Select(key => BatchKey.Parse(key) ?? throw new FormatException($"'{key}' is no custom id"))]));
                break;
            case "made" when records.TryGetValue(entry.Number, out var record):
                records[entry.Number] = record with { Id = entry.Id };
                break;
            case "none":
                Remove(entry.Number);
                break;
        }
    }

    private void Add(BatchRecord record)
    {
        records[record.Number] = record;
        foreach (var key in record.Keys)
        {
            numbers[key] = record.Number;
        }
    }

    private void Remove(int number)
    {
        if (!records.TryGetValue(number, out var record))
        {
            return;
        }

        foreach (var key in record.Keys.Where(key => numbers.GetValueOrDefault(key) == number))
        {
            numbers.Remove(key);
        }

        records[number] = record with { Keys = [] }; // Its number is taken.
    }

    private void Append(BatchLogEntry entry)
    {
        file!.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, Format), (byte)'\n']);
        file.Flush(flushToDisk: true);
    }
}
