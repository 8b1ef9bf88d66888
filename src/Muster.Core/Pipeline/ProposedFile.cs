using System.Text;
using Muster.Artefacts;

namespace Muster.Pipeline;

/// <summary>A text that an agent may leave beside its report: opened through no link, bounded, secrets masked.</summary>
internal static class ProposedFile
{
    private const int MostBytes = 1 << 20;

    /// <summary>Its text; null where there is none.</summary>
    /// <param name="home">Absolute path of the attempt's directory.</param>
    /// <param name="name">Path beneath it.</param>
    /// <exception cref="StageRefusedException">It is there and cannot be taken.</exception>
    public static string? Read(string home, string name)
    {
        if (!Directory.Exists(home))
        {
            return null; // Whoever proposed nothing left no directory.
        }

        if (new DirectoryInfo(home).LinkTarget is not null)
        {
            throw new StageRefusedException($"{Path.GetFileName(home)} is a link"); // What is read beneath it would be somebody else's.
        }

        using var file = BeneathFile.TryOpen(home, name, mayBeHardLinked: false, out var refusal);
        if (file is null)
        {
            return refusal is "is not there" ? null : throw new StageRefusedException($"{name} {refusal}");
        }

        var length = RandomAccess.GetLength(file);
        if (length > MostBytes)
        {
            throw new StageRefusedException($"{name} has {length:N0} bytes; at most {MostBytes:N0} are read");
        }

        var bytes = new byte[length];
        var read = RandomAccess.Read(file, bytes, 0);
        try
        {
            return SecretMask.Apply(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, read));
        }
        catch (DecoderFallbackException)
        {
            throw new StageRefusedException($"{name} is not UTF-8");
        }
    }

    /// <summary>Keeps it where later steps find it, whatever becomes of the attempt's directory.</summary>
    /// <returns>Its text; null where there is none.</returns>
    public static string? Keep(string home, string name, string proposals)
    {
        if (Read(home, name) is not { } text)
        {
            return null;
        }

        Publisher.Write(Path.Combine(proposals, name), Encoding.UTF8.GetBytes(text));
        return text;
    }
}
