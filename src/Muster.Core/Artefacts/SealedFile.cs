using System.Buffers;
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
        var bytes = new byte[seal.Length];
        Fill(path, seal, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Looks whether a published file is what was sealed. Thread-safe.</summary>
    /// <exception cref="SealException">It is missing, or it is not.</exception>
    public static void Check(string path, Seal seal)
    {
        var bytes = ArrayPool<byte>.Shared.Rent((int)seal.Length);
        try
        {
            Fill(path, seal, bytes.AsSpan(0, (int)seal.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void Fill(string path, Seal seal, Span<byte> bytes)
    {
        using var file = BeneathFile.TryOpen(
            Path.GetDirectoryName(path)!, Path.GetFileName(path), mayBeHardLinked: false, out var refusal)
            ?? throw SealException.Missing(path, seal, refusal!);
        Span<byte> hash = stackalloc byte[32];
        if (RandomAccess.GetLength(file) != seal.Length || RandomAccess.Read(file, bytes, 0) != bytes.Length)
        {
            throw SealException.Changed(path, seal);
        }

        SHA256.HashData(bytes, hash);
        if (Convert.ToHexStringLower(hash) != seal.Sha256)
        {
            throw SealException.Changed(path, seal);
        }
    }
}
