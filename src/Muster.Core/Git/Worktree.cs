namespace Muster.Git;

/// <summary>A worktree that the engine made: a directory of files on a branch of its own.</summary>
public sealed record Worktree
{
    internal Worktree(GitRepository repository, string path, string branch, string directory, bool isSparse, string head, bool wasThere)
    {
        (Repository, Path, Branch, IsSparse, Head, WasThere) = (repository, path, branch, isSparse, head, wasThere);
        Place = new GitPlace(repository.Settings, directory, path, isSparse);
    }

    /// <summary>Absolute path of its files.</summary>
    public string Path { get; }

    /// <summary>Short name of its branch.</summary>
    public string Branch { get; }

    /// <summary>Absolute path of git's own directory for it, in the repository: what an agent there may have to write to when it commits itself.</summary>
    public string GitDirectory => Place.Directory;

    /// <summary>Whether only some paths of the tree are there.</summary>
    public bool IsSparse { get; }

    /// <summary>The commit it was at when it was made or found.</summary>
    public string Head { get; }

    /// <summary>Whether it was there already, with what was done in it.</summary>
    public bool WasThere { get; }

    internal GitRepository Repository { get; }

    internal GitPlace Place { get; }

    /// <summary>Fails where its <c>.git</c> does not point at the directory that git made for it, or it is on another branch.</summary>
    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(Path))
        {
            throw GitException.Gone(Path);
        }

        if (!WorktreeFiles.PointsAt(Path, GitDirectory))
        {
            throw GitException.PointerChanged(Path);
        }

        if (WorktreeFiles.IsOn(GitDirectory, Branch))
        {
            return;
        }

        var head = await Place.TryAsync(["symbolic-ref", "--quiet", "HEAD"], cancellationToken);
        if (head.ExitCode != 0 || head.Text.TrimEnd('\n') != "refs/heads/" + Branch)
        {
            throw GitException.HeadMoved(Path, Branch, head.ExitCode == 0 ? head.Text.Trim() : "no branch");
        }
    }
}
