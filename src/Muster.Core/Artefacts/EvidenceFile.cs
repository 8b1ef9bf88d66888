using System.Collections.Immutable;
using System.Text.Json;

namespace Muster.Artefacts;

/// <summary>The evidence of a worker's findings, kept beside its published file and bound to that file's hash.</summary>
public static class EvidenceFile
{
    private const long MaxBytes = 64L << 20;

    /// <summary>Where the evidence of a published file lies.</summary>
    public static string PathBeside(string published) => Path.ChangeExtension(published, ".evidence.json");

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">Where: <see cref="RunDirectory.Evidence"/>.</param>
    /// <param name="sha256">The seal's hash of the published file whose findings were checked.</param>
    /// <param name="evidence">One for each of its findings, in their order.</param>
    public static void Write(string path, string sha256, ImmutableArray<Evidence> evidence) =>
        Publisher.Write(path, JsonSerializer.SerializeToUtf8Bytes(new(1, sha256, evidence), EvidenceShape.Default.EvidenceRecord));

    /// <summary>The evidence, or null when the file is missing, damaged, or speaks of another published file.</summary>
    /// <param name="path">Where it should be.</param>
    /// <param name="sha256">The seal's hash of the published file.</param>
    /// <param name="count">How many findings that file has.</param>
    public static ImmutableArray<Evidence>? Read(string path, string sha256, int count)
    {
        try
        {
            using var file = BeneathFile.TryOpen(Path.GetDirectoryName(path)!, Path.GetFileName(path), mayBeHardLinked: false, out _);
            if (file is null || RandomAccess.GetLength(file) > MaxBytes)
            {
                return null;
            }

            using var stream = new FileStream(file, FileAccess.Read);
            var record = JsonSerializer.Deserialize(stream, EvidenceShape.Default.EvidenceRecord);
            return record is { Version: 1, Evidence.IsDefault: false } && record.Sha256 == sha256 && record.Evidence.Length == count
                && record.Evidence.All(e => e is { LineHash.Length: 16 })
                ? record.Evidence
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null; // Whoever asked checks the findings anew and says so.
        }
    }
}
