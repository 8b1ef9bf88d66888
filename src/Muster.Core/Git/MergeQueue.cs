using System.Globalization;

namespace Muster.Git;

/// <summary>Merges in one repository, one at a time.</summary>
/// <remarks>
/// A merge is made in the repository first, without files (<c>git merge-tree</c>); the branch and then the worktree follow. So a conflict leaves nothing to
/// clean up, and a kill between the last two is brought to its end by <see cref="RecoverAsync"/>.
/// </remarks>
public sealed partial class MergeQueue
{
    /// <summary>Commits that an engine may make in one step before it records the last of them, and more.</summary>
    private const int MostUnrecorded = 16;

    private readonly GitRepository repository;
    private readonly SemaphoreSlim turn;

    internal MergeQueue(GitRepository repository) => (this.repository, turn) = (repository, repository.MergeTurn);

    /// <summary>Whether two branches or commits would merge. Needs no turn.</summary>
    public async Task<MergeProbe> ProbeAsync(string one, string other, CancellationToken cancellationToken) =>
        await ProbeAsync(repository.Place, one, other, cancellationToken);

    /// <summary>Merges a branch into the integration worktree with a merge commit, under the engine's own name.</summary>
    /// <param name="integration">One of the engine's own worktrees, without uncommitted changes.</param>
    /// <param name="branch">Short name of the branch; better the commit that was checked, in full, as a branch may have moved since.</param>
    /// <param name="message">What the merge commit says.</param>
    /// <param name="cancellationToken">Ends git; what is then half-done, <see cref="RecoverAsync"/> ends.</param>
    /// <param name="expected">The commit that the worktree must be at; null where it may be at any.</param>
    /// <exception cref="GitException">The worktree is not clean, or not as the engine made it.</exception>
    public async Task<MergeOutcome> MergeAsync(Worktree integration, string branch, string message, CancellationToken cancellationToken, string? expected = null)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await integration.CheckAsync(cancellationToken);
            var place = integration.Place;
            var isCommit = branch.Length >= 40 && branch.All(char.IsAsciiHexDigitLower);
            var commits = (await place.AskAsync(["rev-parse", "HEAD^{commit}", "HEAD^{tree}", (isCommit ? branch : "refs/heads/" + branch) + "^{commit}"], cancellationToken)).Lines;
            var (ours, tree, theirs) = (commits[0], commits[1], commits[2]);
            if (expected is not null && ours != expected)
            {
                throw GitException.HeadUnexpected(integration.Path, expected, ours);
            }

            var probe = await ProbeAsync(place, ours, theirs, cancellationToken);
            if (probe.Tree == tree && await place.IsAncestorAsync(theirs, ours, cancellationToken))
            {
                return new MergeOutcome.AlreadyMerged(ours);
            }

            if (!probe.IsClean)
            {
                return new MergeOutcome.Conflicted(probe, ours, theirs);
            }

            if (await ChangesAsync(place, cancellationToken) is { Length: > 0 } changes)
            {
                throw GitException.NotClean(integration.Path, changes);
            }

            var merge = GitRepository.Line(await place.AskAsync(["commit-tree", probe.Tree, "-p", ours, "-p", theirs, "-F", "-"], message, cancellationToken));
            await MoveAsync(integration, ours, merge, cancellationToken);
            return new MergeOutcome.Merged(merge, ours);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Takes the integration worktree back to a commit that its head comes from, and drops uncommitted changes of tracked files there.</summary>
    /// <param name="integration">One of the engine's own worktrees.</param>
    /// <param name="to">The commit, in full.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">It is not the engine's, or its head does not come from there.</exception>
    public async Task UndoAsync(Worktree integration, string to, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await OwnedAsync(integration, cancellationToken);
            var head = await integration.Place.CommitOfAsync("HEAD", cancellationToken);
            if (head is null || !await integration.Place.IsAncestorAsync(to, head, cancellationToken))
            {
                throw GitException.NotAnAncestor(integration.Path, to, head ?? "none");
            }

            await integration.Place.AskAsync(["reset", "--hard", "--quiet", to], cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Brings the integration worktree to a whole state after an engine was killed: locks, half a merge, files that lag behind the branch.</summary>
    /// <param name="integration">One of the engine's own worktrees.</param>
    /// <param name="expected">The commit that the journal says it is at.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">Its head is neither that commit nor one of those that the engine made upon it; nothing was changed.</exception>
    public async Task<IntegrationHead> RecoverAsync(Worktree integration, string expected, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await OwnedAsync(integration, cancellationToken);
            var place = integration.Place;
            var log = await place.TryAsync(
                ["log", $"-{MostUnrecorded}", "--first-parent", "--no-show-signature", "--format=%H %ce %P", "HEAD"], cancellationToken);
            var upon = log.ExitCode == 0 ? log.Lines : throw GitException.HeadUnexpected(integration.Path, expected, "none"); // Its branch was deleted.
            var head = upon[0].Split(' ')[0];
            if (head != expected && !IsOwnUpon(upon, expected))
            {
                throw GitException.HeadUnexpected(integration.Path, expected, head);
            }

            var isHalf = File.Exists(Path.Combine(place.Directory, "MERGE_HEAD")) || await ChangesAsync(place, cancellationToken) is { Length: > 0 };
            if (isHalf)
            {
                await place.AskAsync(["reset", "--hard", "--quiet", "HEAD"], cancellationToken);
            }

            return new(head, head != expected, isHalf);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Whether commits, the newest first, are the engine's own down to one that stands upon the expected one.</summary>
    private static bool IsOwnUpon(IEnumerable<string> commits, string expected)
    {
        foreach (var about in commits.Select(line => line.Split(' ')))
        {
            if (about[1] != CommitIdentity.Email)
            {
                return false;
            }

            if (about.Length > 2 && about[2] == expected)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Moves the base branch to a commit that comes from it: by fast-forward, or by a merge commit where a message is given.</summary>
    /// <param name="branch">Short name of the base branch.</param>
    /// <param name="expected">The commit that it must still be at.</param>
    /// <param name="commit">The commit that was approved.</param>
    /// <param name="mergeMessage">What the merge commit says; null for a fast-forward.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">The branch moved, or the commit does not come from it.</exception>
    public async Task<BaseMove> AdvanceAsync(string branch, string? expected, string commit, string? mergeMessage, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await BaseBranch.AdvanceAsync(repository, branch, expected, commit, mergeMessage, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task<MergeProbe> ProbeAsync(GitPlace place, string one, string other, CancellationToken cancellationToken)
    {
        var outcome = await place.TryAsync(["merge-tree", "--write-tree", "-z", "--name-only", "--messages", "--end-of-options", one, other], cancellationToken);
        return outcome.ExitCode is 0 or 1 && outcome.Bytes.Length > 0
            ? MergeProbe.Read(outcome)
            : throw GitException.Failed(string.Create(CultureInfo.InvariantCulture, $"merge-tree {one} {other}"), place.Directory, outcome);
    }

    /// <summary>The branch first: files that lag behind it can be brought up at any time, files ahead of it could not be told from somebody's work.</summary>
    private static async Task MoveAsync(Worktree worktree, string from, string to, CancellationToken cancellationToken)
    {
        var name = "refs/heads/" + worktree.Branch;
        await worktree.Place.AskAsync(["update-ref", "-m", "muster: merge", name, to, from], cancellationToken);
        var files = await worktree.Place.TryAsync(["read-tree", "-m", "-u", from, to], cancellationToken);
        if (files.ExitCode != 0)
        {
            await worktree.Place.AskAsync(["update-ref", "-m", "muster: merge undone", name, from, to], CancellationToken.None);
            throw GitException.Failed($"read-tree {from} {to}", worktree.Path, files);
        }
    }

    private static async Task<string[]> ChangesAsync(GitPlace place, CancellationToken cancellationToken) =>
        [.. (await place.AskAsync(["status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--ignore-submodules=all"], cancellationToken)).Fields.Select(f => f[3..])];

    private static async Task OwnedAsync(Worktree worktree, CancellationToken cancellationToken)
    {
        if (!WorktreeFiles.IsWhole(worktree.GitDirectory) || worktree.GitDirectory == worktree.Repository.CommonDirectory)
        {
            throw GitException.NotOurs(worktree.Path);
        }

        await LockFile.FreeAllAsync(worktree.Repository.CommonDirectory, worktree.GitDirectory, worktree.Path, worktree.Branch, worktree.Repository.Time, cancellationToken);
        await worktree.CheckAsync(cancellationToken);
    }
}
