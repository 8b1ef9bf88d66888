using System.Text;

namespace Muster.Git;

/// <summary>Brings what was approved onto the base branch, which is never moved under the feet of somebody who has it checked out.</summary>
internal static class BaseBranch
{
    public static async Task<BaseMove> AdvanceAsync(
        GitRepository repository, string branch, string? expected, string commit, string? mergeMessage, CancellationToken cancellationToken)
    {
        var place = repository.Place;
        var name = "refs/heads/" + branch;
        var now = await repository.CommitOfAsync(name, cancellationToken);
        if (now == commit || (now is not null && mergeMessage is not null && await IsMergeOfAsync(place, now, expected, commit, cancellationToken)))
        {
            return new(now, CheckedOutAt: null, Command: null); // A killed engine had done it.
        }

        if (now != expected)
        {
            throw GitException.BaseMoved(branch, expected ?? "no commit", now ?? "no commit");
        }

        if (expected is not null && !await place.IsAncestorAsync(expected, commit, cancellationToken))
        {
            throw GitException.NotFromBase(branch, commit, expected);
        }

        // A merge with what comes from the branch itself has that commit's tree: nothing can conflict.
        var target = mergeMessage is null || expected is null
            ? commit
            : await MergeCommitAsync(place, expected, commit, mergeMessage, cancellationToken);
        if (await CheckedOutAsync(repository, name, cancellationToken) is { } there)
        {
            return new(target, there, $"git -C {Quoted(there)} merge --ff-only {target}");
        }

        var moved = await place.TryAsync(["update-ref", "-m", "muster: ship", name, target, expected ?? string.Empty], cancellationToken);
        return moved.ExitCode == 0 ? new(target, CheckedOutAt: null, Command: null)
            : await repository.CommitOfAsync(name, cancellationToken) is var found && found != expected
                ? throw GitException.BaseMoved(branch, expected ?? "no commit", found ?? "no commit")
                : throw GitException.Failed($"update-ref {name} {target}", place.Directory, moved);
    }

    private static async Task<bool> IsMergeOfAsync(GitPlace place, string commit, string? first, string second, CancellationToken cancellationToken) =>
        (await place.AskAsync(["rev-parse", commit + "^@"], cancellationToken)).Lines is [var one, var two] && one == first && two == second;

    /// <summary>Dated as what it merges, so that asking again names the same commit.</summary>
    private static async Task<string> MergeCommitAsync(GitPlace place, string first, string second, string message, CancellationToken cancellationToken)
    {
        var seconds = (await place.AskAsync(["log", "-1", "--format=%ct", second], cancellationToken)).Text.Trim();
        var made = await place.TryAsync(
            ["commit-tree", second + "^{tree}", "-p", first, "-p", second, "-F", "-"], cancellationToken, Encoding.UTF8.GetBytes(message), DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds)));
        return made.ExitCode == 0 ? GitRepository.Line(made) : throw GitException.Failed("commit-tree", place.Directory, made);
    }

    /// <summary>Where the branch is checked out, or is being rebased or bisected; null for nowhere.</summary>
    private static async Task<string?> CheckedOutAsync(GitRepository repository, string name, CancellationToken cancellationToken)
    {
        foreach (var worktree in await repository.ListAsync(cancellationToken))
        {
            var directory = WorktreeFiles.DirectoryOf(repository.CommonDirectory, worktree.Path) ?? repository.CommonDirectory;
            if (worktree.Branch == name || ((string[])["rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"])
                .Select(f => Path.Combine(directory, f)).Where(File.Exists)
                .Any(f => File.ReadAllText(f).Trim() is var found && (found == name || "refs/heads/" + found == name)))
            {
                return worktree.Path;
            }
        }

        return null;
    }

    private static string Quoted(string path) => "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
