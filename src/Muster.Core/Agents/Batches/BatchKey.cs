using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Muster.Agents.Batches;

/// <summary>Names one attempt in a batch: the provider's <c>custom_id</c>. The same attempt always has the same.</summary>
internal readonly record struct BatchKey(UInt128 Hash)
{
    private const string Prefix = "muster-";

    /// <summary>The key of an attempt.</summary>
    public static BatchKey Of(AgentTask task)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{task.RunId}\n{task.Step}\n{task.Attempt}")));
        return new(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>Reads a custom id; null where it is none of ours.</summary>
    public static BatchKey? Parse(string? text) =>
        text is { Length: 39 } && text.StartsWith(Prefix, StringComparison.Ordinal)
        && UInt128.TryParse(text.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash)
            ? new(hash)
            : null;

    /// <summary>In the form that the provider asks for: letters, digits, hyphens, at most 64.</summary>
    public override string ToString() => Prefix + Hash.ToString("x32", CultureInfo.InvariantCulture);
}
