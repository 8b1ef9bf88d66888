using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Muster.Settings;

/// <summary>The files of trees that a person approved, each by its path and the hash of its content; kept in their configuration directory.</summary>
/// <remarks>An agent without a sandbox could write that file as the person could; see docs/agents-and-money.md.</remarks>
public sealed class ApprovedFiles
{
    private const string Name = "approved.json";
    private const long MaxBytes = 1 << 20;

    private readonly string path;
    private readonly SortedDictionary<string, string> hashes;

    private ApprovedFiles(string path, SortedDictionary<string, string> hashes) => (this.path, this.hashes) = (path, hashes);

    /// <summary>Reads what was approved; nothing where there is no such file.</summary>
    /// <param name="configurationDirectory">See <see cref="SettingsFile.DirectoryOf"/>.</param>
    /// <exception cref="SettingsException">The file is damaged.</exception>
    public static ApprovedFiles Load(string configurationDirectory)
    {
        var path = Path.Combine(configurationDirectory, Name);
        if (!File.Exists(path))
        {
            return new(path, new(StringComparer.Ordinal));
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var hashes = document.RootElement.GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString() ?? string.Empty, StringComparer.Ordinal);
            return new(path, new(hashes, StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw SettingsException.ApprovalsUnreadable(path, e);
        }
    }

    /// <summary>Reads a file of a tree, and tells whether it is approved as it is.</summary>
    /// <param name="file">Its path.</param>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="SettingsException">It cannot be read as a text of at most 1 MiB.</exception>
    public TreeFile? Look(string file)
    {
        if (!Path.Exists(file))
        {
            return null;
        }

        if (UserFile.WhyNot(file) is { } why)
        {
            throw SettingsException.TreeFileUnreadable(file, $"it {why}");
        }

        byte[] bytes;
        try
        {
            bytes = new FileInfo(file).Length > MaxBytes ? throw SettingsException.TreeFileUnreadable(file, $"it has more than {MaxBytes:N0} bytes") : File.ReadAllBytes(file);
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
            var (at, sha256) = (Resolved(file), Convert.ToHexStringLower(SHA256.HashData(bytes)));
            return new(at, text, sha256, !hashes.TryGetValue(at, out var approved) ? ApprovalStanding.NotApproved
                : approved == sha256 ? ApprovalStanding.Approved : ApprovalStanding.Changed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw SettingsException.TreeFileUnreadable(file, e is DecoderFallbackException ? "it is not UTF-8" : e.Message);
        }
    }

    /// <summary>Approves files as they were read, and writes that down.</summary>
    public void Approve(IEnumerable<TreeFile> files)
    {
        foreach (var file in files)
        {
            hashes[file.Path] = file.Sha256;
        }

        var directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("files");
            foreach (var (file, sha256) in hashes)
            {
                json.WriteString(file, sha256);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        var temporary = Path.Combine(directory, $"{Name}.{Environment.ProcessId}");
        File.WriteAllBytes(temporary, stream.ToArray());
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>One tree has one name, by whatever link it was reached.</summary>
    private static string Resolved(string file)
    {
        var full = Path.GetFullPath(file);
        var parts = full.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var at = Path.GetPathRoot(full)!;
        foreach (var part in parts[..^1])
        {
            var next = Path.Combine(at, part);
            at = new DirectoryInfo(next).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? next;
        }

        return Path.Combine(at, parts[^1]);
    }
}
