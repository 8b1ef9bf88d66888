using System.Text.Json;
using Muster.Runs;

namespace Muster.Agents.Keeping;

/// <summary>exit.json: how the attempt's process ended.</summary>
/// <param name="Code">Its exit code; null when a signal ended it or it never ran.</param>
/// <param name="Signal">The signal that ended it, or null.</param>
/// <param name="Reason">Why the keeper ended it or could not start it; null when it ended by itself.</param>
/// <param name="Class">What <paramref name="Reason"/> means for the next attempt.</param>
/// <param name="WasCancelled">Whether an engine asked for its end.</param>
internal sealed record AttemptEnd(int? Code, int? Signal, string? Reason, FailureClass Class, bool WasCancelled = false)
{
    /// <summary>What is recorded in an attempt's directory; null when nothing, or nothing whole, is.</summary>
    public static AttemptEnd? Read(string directory) => ReadFile(Path.Combine(directory, "exit.json"), KeeperJson.Default.AttemptEnd);

    /// <summary>A record of the keeper's; null when it is not there or was cut short.</summary>
    public static T? ReadFile<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null; // Asked at every start, and an exception would cost more than the start.
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // Not there or not whole is the answer.
        }
    }

    /// <summary>
    /// Records it, in one write: a reader finds it whole or takes it for absent. Not flushed to the disk: the journal is the truth, and a
    /// lost record only costs another look at the file.
    /// </summary>
    public void Write(string directory)
    {
        using var file = File.OpenHandle(Path.Combine(directory, "exit.json"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(this, KeeperJson.Default.AttemptEnd), 0);
    }
}
