using System.Text.Json;
using Muster.Runs;

namespace Muster.Journal;

/// <summary>A copy of the run's header beside its journal: what a repair starts from when the journal's beginning is lost.</summary>
public static class RunHeaderFile
{
    private const string Name = "header.json";

    /// <summary>Writes the copy.</summary>
    public static void Write(string runDirectory, RunHeader header) =>
        File.WriteAllBytes(Path.Combine(runDirectory, Name), JsonSerializer.SerializeToUtf8Bytes(header, EventShapes.Default.RunHeader));

    /// <summary>Reads it; null when it is missing or damaged too.</summary>
    public static RunHeader? Read(string runDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(runDirectory, Name)), EventShapes.Default.RunHeader);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
