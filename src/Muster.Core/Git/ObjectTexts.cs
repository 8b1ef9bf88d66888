using System.Text;

namespace Muster.Git;

/// <summary>Reads small files out of a repository by the names of their objects.</summary>
internal static class ObjectTexts
{
    /// <summary>Longer than this no path and no list of attributes is; what is longer is cut.</summary>
    private const int MostCharacters = 256 << 10;

    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(GitPlace place, IReadOnlyList<string> objects, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (objects.Count == 0)
        {
            return texts;
        }

        var bytes = (await place.AskAsync(["cat-file", "--batch"], string.Join('\n', objects.Distinct()) + "\n", cancellationToken)).Bytes;
        for (var at = 0; at < bytes.Length;)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', at);
            var header = Encoding.UTF8.GetString(bytes, at, end - at).Split(' '); // "OBJECT blob SIZE", or "OBJECT missing"
            at = end + 1;
            if (header.Length == 3)
            {
                var size = int.Parse(header[2]);
                texts[header[0]] = Encoding.UTF8.GetString(bytes, at, Math.Min(size, MostCharacters));
                at += size + 1;
            }
        }

        return texts;
    }
}
