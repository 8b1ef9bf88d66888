using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Muster.Plans;

/// <summary>The expanded tasks of a run, frozen in a file: one JSON object a line, in the plan's order.</summary>
/// <remarks>A plan of a million tasks is held on disk; in memory stands an offset for each.</remarks>
public sealed class TaskFile : IDisposable
{
    private readonly SafeFileHandle file;
    private readonly List<long> offsets;

    private TaskFile(SafeFileHandle file, List<long> offsets, string sha256) =>
        (this.file, this.offsets, Sha256) = (file, offsets, sha256);

    /// <summary>Tasks in the file.</summary>
    public int Count => offsets.Count - 1;

    /// <summary>Hash of the file, lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Writes tasks to a new file and flushes it.</summary>
    /// <param name="path">Replaced if it exists: a file without a journal entry is a leftover of a start that failed.</param>
    /// <param name="tasks">In the plan's order.</param>
    /// <param name="each">Told every task, in order, so that one pass is enough.</param>
    /// <param name="cancellationToken">Stops between tasks.</param>
    public static TaskFile Write(
        string path, IEnumerable<TaskSpec> tasks, Action<TaskSpec> each, CancellationToken cancellationToken)
    {
        var offsets = new List<long> { 0 };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16))
        {
            var line = new ArrayBufferWriter<byte>(4_096);
            using var writer = new Utf8JsonWriter(line);
            foreach (var task in tasks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                line.ResetWrittenCount();
                writer.Reset();
                JsonSerializer.Serialize(writer, task, TaskShape.Default.TaskSpec);
                writer.Flush();
                each(task);
                line.Write("\n"u8);
                hash.AppendData(line.WrittenSpan);
                stream.Write(line.WrittenSpan);
                offsets.Add(offsets[^1] + line.WrittenCount);
            }

            stream.Flush(flushToDisk: true);
        }

        return new(
            File.OpenHandle(path), offsets, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Opens the file of a run that was planned before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">The hash in the journal; null where only a look at single tasks is wanted.</param>
    /// <param name="each">Told every task, in order.</param>
    /// <exception cref="TaskFileException">It is missing, or not what the journal says.</exception>
    public static TaskFile Open(string path, string? sha256, Action<TaskSpec> each)
    {
        try
        {
            var offsets = new List<long> { 0 };
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            foreach (var line in Lines(stream))
            {
                hash.AppendData(line.Span);
                offsets.Add(offsets[^1] + line.Length);
                var json = line.Span[..^1];
                each(JsonSerializer.Deserialize(json, TaskShape.Default.TaskSpec)!);
            }

            var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
            return sha256 is null || actual == sha256
                ? new(File.OpenHandle(path), offsets, actual)
                : throw TaskFileException.Changed(path);
        }
        catch (Exception e) when (e is JsonException or EndOfStreamException)
        {
            throw TaskFileException.Changed(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TaskFileException.Unreadable(path, e);
        }
    }

    /// <summary>The task at <paramref name="index"/>, read from the file. Thread-safe.</summary>
    public TaskSpec this[int index]
    {
        get
        {
            var bytes = new byte[offsets[index + 1] - offsets[index]];
            RandomAccess.Read(file, bytes, offsets[index]);
            return JsonSerializer.Deserialize(bytes, TaskShape.Default.TaskSpec)!;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(Stream stream)
    {
        var buffer = new byte[1 << 20];
        var (start, end) = (0, 0);
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                yield return buffer.AsMemory(start, newline + 1);
                start += newline + 1;
                continue;
            }

            if (start > 0)
            {
                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                (start, end) = (0, end - start);
            }
            else if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (end > start)
                {
                    throw new EndOfStreamException("its last line is cut off");
                }

                yield break;
            }

            end += read;
        }
    }
}
