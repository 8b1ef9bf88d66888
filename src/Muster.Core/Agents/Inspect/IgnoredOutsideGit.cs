using Muster.Git;

namespace Muster.Agents.Inspect;

/// <summary>Lists a tree that is no checkout as git would: files that its <c>.gitignore</c> files name are left out.</summary>
/// <remarks>Git itself reads the patterns, by an empty repository in a directory of its own, so that nothing is written into the tree.</remarks>
internal static class IgnoredOutsideGit
{
    private static readonly string[] List = ["ls-files", "-z", "--others", "--exclude-standard"];
    private static readonly string[] ListCheckout = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];

    /// <summary>Paths below the root; null when git is not installed or does not know how.</summary>
    public static async Task<IReadOnlyList<string>?> ListAsync(string root, CancellationToken cancellationToken)
    {
        var empty = Directory.CreateTempSubdirectory("muster-ignore-").FullName;
        try
        {
            return await GitCommand.ReadAsync(empty, ["init", "-q", "--bare", "--template=", empty], cancellationToken) is not null
                && await GitCommand.ReadAsync(root, [$"--git-dir={empty}", $"--work-tree={root}", .. List], cancellationToken) is { } listed
                ? await WithCheckoutsAsync(root, listed.Split('\0', StringSplitOptions.RemoveEmptyEntries), cancellationToken)
                : null;
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    /// <summary>A directory of checkouts is told by their names alone; each lists its own files.</summary>
    private static async Task<IReadOnlyList<string>?> WithCheckoutsAsync(string root, string[] listed, CancellationToken cancellationToken)
    {
        var paths = new List<string>(listed.Length);
        foreach (var path in listed)
        {
            if (!path.EndsWith('/'))
            {
                paths.Add(path);
            }
            else if (await GitCommand.ReadAsync(Path.Combine(root, path), ListCheckout, cancellationToken) is { } inside)
            {
                paths.AddRange(inside.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(below => path + below));
            }
            else
            {
                return null; // A checkout that git may not read: what is in it is found by walking.
            }
        }

        return paths;
    }
}
