using System.Runtime.InteropServices;

namespace Muster.Runs;

/// <summary>A SHA-256 in 32 bytes: a million of them are held, so they are not strings.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Hash256
{
    private readonly ulong a, b, c, d;

    private Hash256(ReadOnlySpan<byte> bytes)
    {
        var parts = MemoryMarshal.Cast<byte, ulong>(bytes);
        (a, b, c, d) = (parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>Reads 32 bytes.</summary>
    public static Hash256 Of(ReadOnlySpan<byte> hash) => new(hash[..32]);

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static Hash256 Parse(string hex)
    {
        Span<byte> bytes = stackalloc byte[32];
        if (hex.Length != 64 || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            throw new FormatException($"'{hex}' is not the hexadecimal form of a SHA-256.");
        }

        return new(bytes);
    }

    /// <summary>Writes the 32 bytes to <paramref name="target"/>.</summary>
    public void CopyTo(Span<byte> target)
    {
        var self = this;
        MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref self, 1)).CopyTo(target);
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[32];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
