using System.Security.Cryptography;
using System.Text;

namespace Muster.Git;

/// <summary>Names a checkout as it is: what is committed, and what differs from it.</summary>
public static class TreeIdentity
{
    /// <summary>The tree id of HEAD and, where something differs from it, a hash of the difference; null outside git.</summary>
    public static async Task<string?> ReadAsync(string root, CancellationToken cancellationToken)
    {
        var tree = await GitCommand.ReadAsync(root, ["rev-parse", "--verify", "--quiet", "HEAD^{tree}"], cancellationToken);
        var status = await GitCommand.ReadAsync(root, ["status", "--porcelain", "-z", "--untracked-files=all", "--", "."], cancellationToken);
        if (status is null)
        {
            return null;
        }

        var named = tree is null ? "no commit yet" : "git tree " + tree.Trim();
        if (status.Length == 0)
        {
            return named;
        }

        var difference = await GitCommand.ReadAsync(root, ["diff", "--no-ext-diff", "--no-textconv", "--binary", "HEAD", "--", "."], cancellationToken);
        var text = new StringBuilder(status).Append(difference);
        foreach (var entry in status.Split('\0').Where(e => e.StartsWith("?? ", StringComparison.Ordinal)))
        {
            var file = new FileInfo(Path.Combine(root, entry[3..]));
            text.Append(file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}\n" : "\n");
        }

        return $"{named} + changes {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16]}";
    }
}
