namespace Muster.Git;

/// <summary>Clears away what a killed engine left of a worktree that was never handed out, or that it was removing: git's record, its lock, and files of its commits only.</summary>
internal static class UnfinishedWorktree
{
    /// <summary>Clears away one's own unfinished worktree, and of the run's others those that keep git from listing any.</summary>
    public static async Task ClearAsync(GitRepository repository, string root, string path, IReadOnlyList<string> commits, CancellationToken cancellationToken)
    {
        foreach (var (directory, other) in WorktreeFiles.All(repository.CommonDirectory).ToList())
        {
            if (other.StartsWith(root + "/", StringComparison.Ordinal) && !WorktreeFiles.IsWhole(directory) && (other == path || WorktreeFiles.IsCutShort(directory)))
            {
                await RemoveAsync(repository, other, directory, other == path ? commits : [], cancellationToken);
            }
        }
    }

    /// <summary>Removes files, directory and record.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="path">The worktree's path.</param>
    /// <param name="directory">Git's directory for it, which lacks the mark that it was whole.</param>
    /// <param name="commits">The commits whose files may lie there.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">Something else lies there: somebody worked in it, so nothing is removed.</exception>
    private static async Task RemoveAsync(
        GitRepository repository, string path, string directory, IReadOnlyList<string> commits, CancellationToken cancellationToken)
    {
        await LockFile.QuietAsync([path, directory], repository.Time, cancellationToken);
        await RemoveFilesAsync(repository, path, commits, cancellationToken);
        Directory.Delete(directory, recursive: true); // As git's own removal would, which does not work on a record that is cut short.
    }

    private static async Task RemoveFilesAsync(GitRepository repository, string path, IReadOnlyList<string> commits, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        var known = new HashSet<string>(StringComparer.Ordinal) { ".git" };
        foreach (var commit in commits)
        {
            known.UnionWith((await repository.Place.AskAsync(["ls-tree", "-r", "-z", "--name-only", "--full-tree", commit], cancellationToken)).Fields);
        }

        var (files, directories) = Listing(path);
        var strange = files.Where(f => !known.Contains(f)).Order(StringComparer.Ordinal).ToList();
        if (strange.Count > 0)
        {
            throw GitException.DirectoryInTheWay(path, $"files there are of no commit: {Printable.Some(strange)}");
        }

        try
        {
            files.ForEach(f => File.Delete(Path.Combine(path, f))); // Of a link, the link.
            directories.ForEach(d => Directory.Delete(Path.Combine(path, d)));
            Directory.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GitException.DirectoryInTheWay(path, e.Message.TrimEnd('.')); // Such as a name that is no UTF-8.
        }
    }

    private static (List<string> Files, List<string> Directories) Listing(string path)
    {
        var (files, directories) = (new List<string>(), new List<string>());
        var open = new Stack<DirectoryInfo>([new(path)]);
        while (open.TryPop(out var at))
        {
            foreach (var entry in at.EnumerateFileSystemInfos())
            {
                var below = Path.GetRelativePath(path, entry.FullName);
                if (entry is DirectoryInfo directory && directory.LinkTarget is null)
                {
                    directories.Add(below);
                    open.Push(directory);
                }
                else
                {
                    files.Add(below);
                }
            }
        }

        directories.Sort((one, other) => other.Length.CompareTo(one.Length)); // What lies deeper has the longer path.
        return (files, directories);
    }
}
