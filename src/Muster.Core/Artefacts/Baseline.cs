using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace Muster.Artefacts;

/// <summary>Findings that are known, so that an old code base can start green and only new ones count.</summary>
public sealed class Baseline
{
    private const long MaxBytes = 256L << 20;

    private readonly FrozenSet<string> fingerprints;

    private Baseline(IEnumerable<string> fingerprints) => this.fingerprints = fingerprints.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Findings in it.</summary>
    public int Count => fingerprints.Count;

    /// <summary>Whether a finding with this fingerprint is known.</summary>
    public bool Contains(string fingerprint) => fingerprints.Contains(fingerprint);

    /// <summary>Reads a baseline file.</summary>
    /// <exception cref="BaselineException">It is missing, damaged, or of a newer version.</exception>
    public static Baseline Load(string path)
    {
        try
        {
            if (Path.Exists(path) && UserFile.WhyNot(path) is { } why)
            {
                throw BaselineException.Unusable(path, "it " + why);
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxBytes)
            {
                throw BaselineException.Unusable(path, $"it has {stream.Length:N0} bytes; at most {MaxBytes:N0} are read");
            }

            var record = JsonSerializer.Deserialize(stream, BaselineShape.Default.BaselineRecord);
            return record switch
            {
                null or { Version: < 1 } => throw BaselineException.Unusable(path, "it has no 'version'"),
                { Version: > 1 } => throw BaselineException.Newer(path, record.Version),
                { Findings.IsDefault: true } => throw BaselineException.Unusable(path, "it has no 'findings'"),
                _ when record.Findings.Any(f => f?.Fingerprint is null) =>
                    throw BaselineException.Unusable(path, "one of its findings has no 'fingerprint'"),
                _ => new(record.Findings.Select(f => f.Fingerprint)),
            };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw BaselineException.NotThere(path);
        }
        catch (JsonException e)
        {
            throw BaselineException.Unusable(
                path, $"it is not the JSON of a baseline (line {(e.LineNumber ?? 0) + 1}, column {(e.BytePositionInLine ?? 0) + 1})", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BaselineException.Unusable(path, e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Writes a baseline file: sorted, one fingerprint once, so that its diffs in version control are small.</summary>
    /// <exception cref="BaselineException">It cannot be written.</exception>
    public static void Write(string path, IEnumerable<BaselineEntry> findings)
    {
        var entries = findings
            .DistinctBy(f => f.Fingerprint, StringComparer.Ordinal)
            .Select(f => f with { Path = Shown(f.Path), Message = Shown(f.Message) })
            .OrderBy(f => f.Path, StringComparer.Ordinal)
            .ThenBy(f => f.Rule, StringComparer.Ordinal)
            .ThenBy(f => f.Fingerprint, StringComparer.Ordinal)
            .ToImmutableArray();
        var json = JsonSerializer.SerializeToUtf8Bytes(new(1, entries), BaselineShape.Default.BaselineRecord);
        try
        {
            Publisher.WriteFor(path, [.. json, .. "\n"u8]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BaselineException.CannotWrite(path, e);
        }
    }

    /// <summary>Writes the fingerprints alone, in their order, for a run to keep.</summary>
    /// <exception cref="BaselineException">They cannot be written.</exception>
    public void Keep(string path) => Write(path, fingerprints.Select(print => new BaselineEntry(print, null, string.Empty, string.Empty)));

    private static string Shown(string text) => ReportText.Line(text, 500);
}
