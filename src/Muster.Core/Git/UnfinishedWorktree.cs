namespace Muster.Git;

/// <summary>Clears away what a killed engine left of a worktree that was never handed out: git's record, its lock, and files of the start commit only.</summary>
internal static class UnfinishedWorktree
{
    /// <summary>Git has a record of it, without the mark that it was whole.</summary>
    public static async Task RemoveAsync(GitRepository repository, string path, string directory, string start, CancellationToken cancellationToken)
    {
        await LockFile.FreeAsync(Path.Combine(directory, "index.lock"), [path, directory], repository.Time, cancellationToken);
        await ForgetFilesAsync(repository, path, start, cancellationToken);
        await repository.Place.AskAsync(["worktree", "remove", "--force", "--force", path], cancellationToken); // Twice: git locks what it has not finished.
    }

    /// <summary>Removes the files of a half-made worktree, when each of them is one that git was writing out.</summary>
    /// <exception cref="GitException">Something else lies there: somebody worked in it, so nothing is removed.</exception>
    public static async Task ForgetFilesAsync(GitRepository repository, string path, string start, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path) || new DirectoryInfo(path).LinkTarget is not null)
        {
            return;
        }

        var tree = await repository.Place.AskAsync(["ls-tree", "-r", "-z", "--name-only", "--full-tree", start], cancellationToken);
        var known = tree.Fields.ToHashSet(StringComparer.Ordinal);
        var (files, directories) = Listing(path);
        var strange = files.Where(f => f != ".git" && !known.Contains(f)).Order(StringComparer.Ordinal).ToList();
        if (strange.Count > 0)
        {
            throw GitException.DirectoryInTheWay(path, $"files there are not from {start}: {Printable.Some(strange)}");
        }

        files.ForEach(f => File.Delete(Path.Combine(path, f))); // Of a link, the link.
        directories.ForEach(d => Directory.Delete(Path.Combine(path, d)));
        Directory.Delete(path);
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
                    directories.Insert(0, below); // Deepest first.
                    open.Push(directory);
                }
                else
                {
                    files.Add(below);
                }
            }
        }

        return (files, directories);
    }
}
