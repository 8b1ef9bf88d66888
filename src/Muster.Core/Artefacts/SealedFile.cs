using System.Security.Cryptography;
using System.Text;

namespace Muster.Artefacts;

/// <summary>Reads published files, each against its seal.</summary>
public static class SealedFile
{
    /// <summary>The content of a published file.</summary>
    /// <exception cref="SealException">It is missing, or not what was sealed.</exception>
    public static string Read(string path, Seal seal)
    {
        using var file = BeneathFile.TryOpen(
            Path.GetDirectoryName(path)!, Path.GetFileName(path), mayBeHardLinked: false, out var refusal)
            ?? throw SealException.Missing(path, seal, refusal!);
        if (RandomAccess.GetLength(file) != seal.Length)
        {
            throw SealException.Changed(path, seal);
        }

        var bytes = new byte[seal.Length];
        var read = RandomAccess.Read(file, bytes, 0);
        return read == bytes.Length && Convert.ToHexStringLower(SHA256.HashData(bytes)) == seal.Sha256
            ? Encoding.UTF8.GetString(bytes)
            : throw SealException.Changed(path, seal);
    }
}
