using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>The worktrees of one run, all beneath one directory. They are made one at a time: eight at once took twice as long on a large tree.</summary>
public sealed class Worktrees
{
    private readonly GitRepository repository;
    private readonly string root;
    private readonly SemaphoreSlim turn;

    internal Worktrees(GitRepository repository, string root) =>
        (this.repository, this.root, turn) = (repository, root, repository.WorktreeTurn);

    /// <summary>Makes a worktree on a branch, or takes the one that is there. What a killed engine left half-made is made anew.</summary>
    /// <param name="directory">Absolute path beneath the root.</param>
    /// <param name="branch">
    /// Short name. Made at the start where it is missing or has nothing of its own; with commits of its own that come from the start it is gone on with.
    /// </param>
    /// <param name="start">The commit to start from, in full.</param>
    /// <param name="sparsePaths">Directories and files to check out, beside those at the top of the tree; null for all.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">Something else lies there, or the branch is checked out elsewhere or has other commits.</exception>
    public async Task<Worktree> AddAsync(
        string directory, string branch, string start, IReadOnlyList<string>? sparsePaths, CancellationToken cancellationToken)
    {
        var path = Checked(directory);
        await turn.WaitAsync(cancellationToken);
        try
        {
            var tip = await repository.CommitOfAsync("refs/heads/" + branch, cancellationToken);
            await UnfinishedWorktree.ClearAsync(repository, root, path, tip is null ? [start] : [start, tip], cancellationToken);
            if (await FoundAsync(path, branch, start, cancellationToken) is { } there)
            {
                return there;
            }

            if (tip is not null && (await repository.ListAsync(cancellationToken)).FirstOrDefault(w => w.Branch == "refs/heads/" + branch) is { } other)
            {
                throw GitException.BranchElsewhere(branch, other.Path);
            }

            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw GitException.DirectoryInTheWay(path, "there are files, and git knows no worktree there");
            }

            return await MakeAsync(path, branch, start, tip, sparsePaths is null ? null : SparsePaths.PatternsOf(sparsePaths), cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Puts back what an agent changed of git's own in its worktree: the file <c>.git</c>, and the branch it is on. Its files stay as they are.</summary>
    /// <param name="directory">Absolute path beneath the root.</param>
    /// <param name="branch">Short name of the branch that it was made on.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>What had been changed, a full sentence each.</returns>
    public async Task<ImmutableArray<string>> MendAsync(string directory, string branch, CancellationToken cancellationToken)
    {
        var path = Checked(directory);
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (!Directory.Exists(path) || WorktreeFiles.DirectoryOf(repository.CommonDirectory, path) is not { } git)
            {
                return [];
            }

            var found = ImmutableArray.CreateBuilder<string>();
            if (!WorktreeFiles.PointsAt(path, git))
            {
                WorktreeFiles.Point(path, git);
                found.Add("The file .git of the worktree was changed; it belongs to git, and was put back.");
            }

            if (WorktreeFiles.IsOn(git, branch))
            {
                return found.ToImmutable();
            }

            var place = new GitPlace(repository.Settings, git, path);
            var head = await place.TryAsync(["symbolic-ref", "--quiet", "HEAD"], cancellationToken);
            if (head.Text.TrimEnd('\n') != "refs/heads/" + branch)
            {
                await place.AskAsync(["symbolic-ref", "-m", "muster: back", "HEAD", "refs/heads/" + branch], cancellationToken);
                found.Add($"The worktree was on {(head.ExitCode == 0 ? Printable.Of(head.Text.Trim()) : "no branch")}; it was put back on {branch}, with its files as they were.");
            }

            return found.ToImmutable();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes a worktree whose work is merged and in which nothing else lies; never follows a link out of it.</summary>
    /// <param name="worktree">One of this run.</param>
    /// <param name="mergedInto">The commit that must hold all of its branch.</param>
    /// <param name="deleteBranch">Whether the branch goes too.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>Null when it was removed; else why it was kept, a full sentence.</returns>
    public async Task<string?> RemoveAsync(Worktree worktree, string mergedInto, bool deleteBranch, CancellationToken cancellationToken)
    {
        Checked(worktree.Path);
        await worktree.CheckAsync(cancellationToken);
        await turn.WaitAsync(cancellationToken);
        try
        {
            var head = await worktree.Place.CommitOfAsync("HEAD", cancellationToken) ?? worktree.Head;
            if (!await repository.Place.IsAncestorAsync(head, mergedInto, cancellationToken))
            {
                return $"The worktree {Printable.Of(worktree.Path)} was kept: its branch {worktree.Branch} has commits that are not merged.";
            }

            var lying = (await worktree.Place.AskAsync(
                ["status", "--porcelain", "-z", "--no-renames", "--ignored", "--untracked-files=all", "--ignore-submodules=all"], cancellationToken)).Fields;
            if (lying.Length > 0)
            {
                return $"The worktree {Printable.Of(worktree.Path)} was kept: files in it are in no commit ({Printable.Some([.. lying.Select(l => l[3..])])}).";
            }

            WorktreeFiles.UnmarkWhole(worktree.GitDirectory); // Killed from here on, what is left is cleared away and not taken for work.
            await repository.Place.AskAsync(["worktree", "remove", "--force", worktree.Path], cancellationToken); // Forced, as git may take a sparse one for changed.
            if (deleteBranch)
            {
                await repository.Place.AskAsync(["update-ref", "-d", "refs/heads/" + worktree.Branch, head], cancellationToken);
            }

            return null;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The path by which git knows it, which must be beneath the root and no link: a planted one would lead the files elsewhere.</summary>
    private string Checked(string directory)
    {
        var parent = RealPath.Of(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)))!);
        var path = Path.Combine(parent, Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)));
        if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw GitException.DirectoryInTheWay(path, $"it is not beneath {Printable.Of(root)}");
        }

        return new FileInfo(path).LinkTarget is { } target
            ? throw GitException.DirectoryInTheWay(path, $"a link to {Printable.Of(target)} lies there")
            : path;
    }

    private async Task<Worktree?> FoundAsync(string path, string branch, string start, CancellationToken cancellationToken)
    {
        if (WorktreeFiles.DirectoryOf(repository.CommonDirectory, path) is not { } directory)
        {
            return null; // Git writes its record before any file, so whatever lies there is not of its making.
        }

        if (!Directory.Exists(path))
        {
            // It was whole and its files were deleted from outside: git's record goes, the branch stays.
            await repository.Place.AskAsync(["worktree", "remove", "--force", "--force", path], cancellationToken);
            return null;
        }

        await LockFile.FreeAllAsync(repository.CommonDirectory, directory, path, branch, repository.Time, cancellationToken);
        var head = await new GitPlace(repository.Settings, directory, path).CommitOfAsync("HEAD", cancellationToken) ?? start;
        var found = new Worktree(repository, path, branch, directory, File.Exists(WorktreeFiles.SparseList(directory)), head, wasThere: true);
        await found.CheckAsync(cancellationToken);
        return found;
    }

    private async Task<Worktree> MakeAsync(
        string path, string branch, string start, string? tip, string? patterns, CancellationToken cancellationToken)
    {
        var name = "refs/heads/" + branch;
        await LockFile.FreeAsync(Path.Combine(repository.CommonDirectory, name + ".lock"), [repository.CommonDirectory], repository.Time, cancellationToken);
        if (tip is not null && tip != start && !await repository.Place.IsAncestorAsync(start, tip, cancellationToken))
        {
            if (!await repository.Place.IsAncestorAsync(tip, start, cancellationToken))
            {
                throw GitException.BranchHasOtherCommits(branch, tip, start);
            }

            // Nothing of its own: all it has is in the start.
            await repository.Place.AskAsync(["update-ref", "-m", "muster: start", name, start, tip], cancellationToken);
            tip = start;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string[] add = tip is null ? ["worktree", "add", "--quiet", "--no-checkout", "--no-track", "-b", branch, "--", path, start] : ["worktree", "add", "--quiet", "--no-checkout", "--", path, branch];
        await repository.Place.AskAsync(add, cancellationToken);
        var directory = WorktreeFiles.DirectoryOf(repository.CommonDirectory, path) ?? throw GitException.Gone(path);
        if (patterns is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(WorktreeFiles.SparseList(directory))!);
            await File.WriteAllTextAsync(WorktreeFiles.SparseList(directory), patterns, cancellationToken);
        }

        var made = new Worktree(repository, path, branch, directory, patterns is not null, tip ?? start, wasThere: false);
        await made.Place.AskAsync(["read-tree", "-m", "-u", "HEAD"], cancellationToken);
        WorktreeFiles.MarkWhole(directory);
        return made;
    }
}
