namespace Muster.Git;

/// <summary>The repository of a user's checkout. The engine adds branches and worktrees to it and never writes to the checkout.</summary>
/// <remarks>Hold one a repository: worktrees and merges take their turn in it. Safe to use from many threads.</remarks>
public sealed class GitRepository
{
    private static readonly TimeSpan LookUp = TimeSpan.FromMinutes(1);

    private GitRepository(string checkout, string directory, string common, string? excludes, TimeProvider time)
    {
        (Checkout, CommonDirectory, Time) = (checkout, common, time);
        Settings = new GitSettings(common, excludes);
        Place = new GitPlace(Settings, common, WorkTree: null);
        CheckoutPlace = new GitPlace(Settings, directory, checkout);
        Merges = new MergeQueue(this);
    }

    /// <summary>Absolute path of the top of the user's checkout.</summary>
    public string Checkout { get; }

    /// <summary>Absolute path of the git directory that all worktrees share.</summary>
    public string CommonDirectory { get; }

    /// <summary>The one queue of merges in this repository.</summary>
    public MergeQueue Merges { get; }

    internal GitSettings Settings { get; }

    /// <summary>The repository without any files.</summary>
    internal GitPlace Place { get; }

    /// <summary>The user's checkout: for reading only.</summary>
    internal GitPlace CheckoutPlace { get; }

    internal TimeProvider Time { get; }

    /// <summary>Taken by whoever makes or removes a worktree.</summary>
    internal SemaphoreSlim WorktreeTurn { get; } = new(1);

    /// <summary>Taken by whoever merges.</summary>
    internal SemaphoreSlim MergeTurn { get; } = new(1);

    /// <summary>Opens the repository that a path lies in.</summary>
    /// <param name="path">Absolute path of a directory in a checkout.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">No git, too old, no repository there, or a bare one.</exception>
    public static async Task<GitRepository> OpenAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        await GitVersion.CheckAsync(cancellationToken);
        var common = await GitCommand.AskAsync(path, ["rev-parse", "--path-format=absolute", "--git-common-dir"], LookUp, cancellationToken);
        if (common.ExitCode != 0)
        {
            throw GitException.NotARepository(path, common.Errors);
        }

        var top = await GitCommand.AskAsync(path, ["rev-parse", "--path-format=absolute", "--show-toplevel"], LookUp, cancellationToken);
        if (top.ExitCode != 0)
        {
            throw GitException.Bare(path);
        }

        var own = await GitCommand.AskAsync(path, ["rev-parse", "--absolute-git-dir"], LookUp, cancellationToken);
        var ignored = await GitCommand.AskAsync(path, ["config", "--type=path", "--get", "core.excludesFile"], LookUp, cancellationToken);
        return new(Line(top), Line(own), Line(common), ignored.ExitCode == 0 ? Line(ignored) : null, time);
    }

    /// <summary>Opens the repository that a path lies in; where there is none and the directory is empty, makes one.</summary>
    /// <exception cref="GitException">As <see cref="OpenAsync"/>; a directory with files and no repository is left as it is.</exception>
    public static async Task<GitRepository> OpenOrCreateAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var isThere = await GitCommand.AskAsync(path, ["rev-parse", "--git-dir"], LookUp, cancellationToken);
        if (isThere.ExitCode != 0 && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            var made = await GitCommand.AskAsync(path, ["init", "--quiet", "--initial-branch=main"], LookUp, cancellationToken);
            if (made.ExitCode != 0)
            {
                throw GitException.Failed("init", path, made);
            }
        }

        return await OpenAsync(path, time, cancellationToken);
    }

    /// <summary>Whether a build can start here, and from which commit.</summary>
    /// <param name="baseBranch">The branch to build on; null for the one that is checked out.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public Task<Preflight> PreflightAsync(string? baseBranch, CancellationToken cancellationToken) =>
        PreflightCheck.RunAsync(this, baseBranch, cancellationToken);

    /// <summary>The worktrees of one run.</summary>
    /// <param name="root">Absolute path of the directory that they all lie in; nothing outside it is ever removed.</param>
    public Worktrees WorktreesIn(string root) => new(this, RealPath.Of(root));

    /// <summary>Begins a branch without history, for a repository without commits: its first commit holds the empty tree. The checkout and its branch stay as they are.</summary>
    /// <param name="branch">The branch; where it is there already, it is left as it is.</param>
    /// <param name="message">What the first commit says.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <returns>The branch's commit.</returns>
    public async Task<string> BeginBranchAsync(string branch, string message, CancellationToken cancellationToken)
    {
        if (await CommitOfAsync("refs/heads/" + branch, cancellationToken) is { } there)
        {
            return there;
        }

        var empty = await Place.AskAsync(["mktree"], string.Empty, cancellationToken);
        var root = await Place.AskAsync(["commit-tree", Line(empty), "-F", "-"], message, cancellationToken);
        await Place.AskAsync(["update-ref", "-m", "muster: begin", "refs/heads/" + branch, Line(root), string.Empty], cancellationToken);
        return Line(root);
    }

    /// <summary>The commit that a name means; null where there is none.</summary>
    public Task<string?> CommitOfAsync(string name, CancellationToken cancellationToken) => Place.CommitOfAsync(name, cancellationToken);

    /// <summary>The text of a file in a commit or tree; null where there is none. A link gives what it points at.</summary>
    /// <param name="tree">A commit or tree.</param>
    /// <param name="path">Relative to the top, with slashes.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public async Task<string?> ReadFileAsync(string tree, string path, CancellationToken cancellationToken)
    {
        var file = await Place.TryAsync(["cat-file", "blob", $"{tree}:{path}"], cancellationToken);
        return file.ExitCode == 0 ? file.Text : null;
    }

    /// <summary>Everything of the repository that only the engine may move while agents work.</summary>
    public Task<RefsSnapshot> SnapshotAsync(CancellationToken cancellationToken) => RefsGuard.TakeAsync(this, cancellationToken);

    /// <summary>Whether a commit comes from another, or is it.</summary>
    /// <param name="ancestor">The earlier one, in full.</param>
    /// <param name="of">The later one, in full.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public Task<bool> IsAncestorAsync(string ancestor, string of, CancellationToken cancellationToken) => Place.IsAncestorAsync(ancestor, of, cancellationToken);

    /// <summary>The commit that two have come from; null where there is none, or a name means nothing.</summary>
    public async Task<string?> MergeBaseAsync(string one, string other, CancellationToken cancellationToken)
    {
        var found = await Place.TryAsync(["merge-base", "--end-of-options", one, other], cancellationToken);
        return found.ExitCode == 0 ? Line(found) : null;
    }

    /// <summary>All worktrees with what is checked out in them, the user's own first.</summary>
    internal async Task<IReadOnlyList<ListedWorktree>> ListAsync(CancellationToken cancellationToken) =>
        ListedWorktree.Read((await Place.AskAsync(["worktree", "list", "--porcelain", "-z"], cancellationToken)).Text);

    internal static string Line(GitOutcome outcome) => outcome.Text.EndsWith('\n') ? outcome.Text[..^1] : outcome.Text;
}
