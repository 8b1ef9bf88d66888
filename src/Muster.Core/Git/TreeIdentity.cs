using System.Security.Cryptography;
using System.Text;

namespace Muster.Git;

/// <summary>Names a tree as it is: by git what is committed beneath the root and what differs from it, elsewhere by its files' sizes and times.</summary>
public static class TreeIdentity
{
    /// <summary>More files than this, outside git, are not listed at every start: such a tree has no name.</summary>
    private const int MostFiles = 200_000;

    /// <summary>The name; null where there is no git and too many files, or none that may be listed.</summary>
    /// <param name="root">Absolute path; it may lie anywhere in a checkout, and only what is beneath it counts.</param>
    /// <param name="runs">Absolute path of the directory of runs: it may lie in the tree and is no part of it.</param>
    /// <param name="cancellationToken">Ends git, and the listing.</param>
    public static async Task<string?> ReadAsync(string root, string runs, CancellationToken cancellationToken)
    {
        var below = Path.GetRelativePath(root, runs).Replace('\\', '/');
        var isInside = below != "." && !below.StartsWith("../", StringComparison.Ordinal) && below != ".." && !Path.IsPathRooted(below);
        string[] what = isInside ? ["--", ".", $":(exclude,literal){below}"] : ["--", "."];
        var status = await GitCommand.ReadAsync(root, ["status", "--porcelain", "-z", "--untracked-files=all", .. what], cancellationToken);
        if (status is null)
        {
            return NameOf(root, isInside ? below : null, cancellationToken) is { } files ? "files " + files : null;
        }

        if (await GitCommand.ReadAsync(root, ["rev-parse", "--verify", "--quiet", "HEAD:./"], cancellationToken) is not { } tree)
        {
            // No commit yet, or a directory that git ignores and so says nothing about.
            return NameOf(root, isInside ? below : null, cancellationToken) is { } files ? "no commit yet + files " + files : "no commit yet";
        }

        var named = "git tree " + tree.Trim();
        if (status.Length == 0)
        {
            return named;
        }

        var difference = await GitCommand.ReadAsync(root, ["diff", "--no-ext-diff", "--no-textconv", "--binary", "HEAD", .. what], cancellationToken);
        var top = await GitCommand.ReadAsync(root, ["rev-parse", "--show-toplevel"], cancellationToken);
        var text = new StringBuilder(status).Append(difference);
        foreach (var entry in status.Split('\0').Where(e => e.StartsWith("?? ", StringComparison.Ordinal)))
        {
            var file = new FileInfo(Path.Combine(top?.TrimEnd('\n') ?? root, entry[3..])); // Git gives them relative to the checkout's top.
            text.Append(file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}\n" : "\n");
        }

        return $"{named} + changes {Hash(text.ToString())}";
    }

    private static string? NameOf(string root, string? without, CancellationToken cancellationToken)
    {
        var files = new List<string>();
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var open = new Stack<DirectoryInfo>([new DirectoryInfo(root)]);
        while (open.TryPop(out var directory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in directory.EnumerateFileSystemInfos("*", options))
            {
                var path = Path.GetRelativePath(root, entry.FullName).Replace('\\', '/');
                if (entry is FileInfo file)
                {
                    files.Add($"{path}\0{file.Length} {file.LastWriteTimeUtc.Ticks}");
                }
                else if (path != without && entry.Name != ".git")
                {
                    open.Push((DirectoryInfo)entry);
                }

                if (files.Count > MostFiles)
                {
                    return null;
                }
            }
        }

        files.Sort(StringComparer.Ordinal);
        return Hash(string.Join('\n', files));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
