using System.Text.Json;

namespace Muster.Agents.Keeping;

/// <summary>exit.json: how an attempt's process ended. Renamed into place, so that it is whole or not there.</summary>
/// <remarks>Not flushed: if a machine's crash takes it, the attempt counts as lost and its output is verified first.</remarks>
/// <param name="Code">Exit code; null when a signal ended it.</param>
/// <param name="Signal">The signal; null when it exited.</param>
/// <param name="Reason">Why the keeper ended it; null when it ended by itself.</param>
internal sealed record ExitRecord(int? Code, int? Signal, string? Reason)
{
    private const string Name = "exit.json";

    public static ExitRecord? Read(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, Name)), KeeperShape.Default.ExitRecord);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // Not there, which is an answer, or not whole, which is the same one.
        }
    }

    public void Write(string directory)
    {
        var path = Path.Combine(directory, Name);
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, KeeperShape.Default.ExitRecord));
        File.Move(path + ".new", path, overwrite: true);
    }
}
