using System.Collections.Immutable;
using System.Text;

namespace Muster.Git;

/// <summary>Commits what an agent left in its worktree.</summary>
/// <remarks>By git's plumbing and not <c>git add</c>, which would run a git of its own inside repositories that lie in the tree, under their configuration.</remarks>
public static class BranchWork
{
    /// <summary>Commits every change and every new file that is not ignored, under the engine's own name; no hook, filter or signing program is run.</summary>
    /// <param name="worktree">Nobody else may be at work in it.</param>
    /// <param name="message">What the commit says.</param>
    /// <param name="cancellationToken">Ends git.</param>
    /// <exception cref="GitException">The worktree's own git files were changed, it is on another branch, or repositories lie in it.</exception>
    public static async Task<CommitOutcome> CommitAllAsync(Worktree worktree, string message, CancellationToken cancellationToken)
    {
        await worktree.CheckAsync(cancellationToken);
        await LockFile.FreeAllAsync(worktree.Repository.CommonDirectory, worktree.GitDirectory, worktree.Path, worktree.Branch, worktree.Repository.Time, cancellationToken);
        var place = worktree.Place;
        await ShowHiddenAsync(place, cancellationToken);
        var changed = await place.AskAsync(["ls-files", "-z", "--others", "--modified", "--deleted", "--exclude-standard"], cancellationToken);
        var nested = changed.Fields.Where(f => f.EndsWith('/')).ToList();
        if (nested.Count > 0)
        {
            throw GitException.NestedRepository(worktree.Path, nested);
        }

        var (files, replaced) = Parted(worktree.Path, changed.Bytes);
        foreach (var (names, how) in ((byte[], string[])[])[(replaced, ["--force-remove"]), (files, ["--add", "--remove", "--replace"])])
        {
            if (names.Length > 0)
            {
                await place.AskAsync(["update-index", .. how, "-z", "--stdin"], cancellationToken, names);
            }
        }

        var tree = GitRepository.Line(await place.AskAsync(["write-tree"], cancellationToken));
        var head = (await place.AskAsync(["rev-parse", "HEAD^{commit}", "HEAD^{tree}"], cancellationToken)).Lines;
        if (head[1] == tree)
        {
            return new(head[0], IsNew: false);
        }

        var commit = GitRepository.Line(await place.AskAsync(["commit-tree", tree, "-p", head[0], "-F", "-"], message, cancellationToken));
        await place.AskAsync(["update-ref", "-m", "muster: commit", "refs/heads/" + worktree.Branch, commit, head[0]], cancellationToken);
        return new(commit, IsNew: true);
    }

    /// <summary>Takes commits back that should not be in the branch's history; the worktree's files stay, to be committed anew.</summary>
    /// <param name="worktree">Nobody else may be at work in it.</param>
    /// <param name="commit">Where the branch is.</param>
    /// <param name="to">The commit that it goes back to, in full.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public static async Task TakeBackAsync(Worktree worktree, string commit, string to, CancellationToken cancellationToken) =>
        await worktree.Place.AskAsync(["update-ref", "-m", "muster: taken back", "refs/heads/" + worktree.Branch, to, commit], cancellationToken);

    /// <summary>Repositories that lie in the worktree, relative to its top; what is in them cannot be committed.</summary>
    /// <param name="worktree">Nobody else may be at work in it.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public static async Task<ImmutableArray<string>> NestedAsync(Worktree worktree, CancellationToken cancellationToken) =>
        [.. (await worktree.Place.AskAsync(["ls-files", "-z", "--others", "--exclude-standard"], cancellationToken)).Fields.Where(f => f.EndsWith('/')).Select(Printable.Of)];

    /// <summary>What is ignored beneath some paths, relative to the top, directories with a slash behind: a test sees it, and no commit has it.</summary>
    /// <param name="worktree">Nobody else may be at work in it.</param>
    /// <param name="paths">Directories and files, relative to the top.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public static async Task<ImmutableArray<string>> IgnoredAsync(Worktree worktree, IEnumerable<string> paths, CancellationToken cancellationToken) =>
        [.. (await worktree.Place.AskAsync(
            ["ls-files", "-z", "--others", "--ignored", "--directory", "--exclude-standard", "--", .. paths], cancellationToken)).Fields.Select(Printable.Of)];

    /// <summary>Takes back what a program did in a worktree that was committed before: changed files are as in the commit, new ones are gone, ignored ones stay.</summary>
    /// <param name="worktree">One of the engine's own. Whatever is in no commit is lost.</param>
    /// <param name="commit">The commit that its branch is at, in full.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public static async Task RestoreAsync(Worktree worktree, string commit, CancellationToken cancellationToken)
    {
        await worktree.CheckAsync(cancellationToken);
        var changed = await worktree.Place.AskAsync(["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all"], cancellationToken);
        if (changed.Bytes.Length > 0 || await worktree.Place.CommitOfAsync("HEAD", cancellationToken) != commit)
        {
            await worktree.Place.AskAsync(["reset", "--hard", "--quiet", commit], cancellationToken);
            await worktree.Place.AskAsync(["clean", "-ffdq"], cancellationToken);
        }
    }

    /// <summary>What is to be looked at, and the files in whose place a directory lies now.</summary>
    private static (byte[] Files, byte[] Replaced) Parted(string path, byte[] names)
    {
        var (files, replaced) = (new List<byte>(names.Length), new List<byte>());
        for (var at = 0; at < names.Length;)
        {
            var end = Array.IndexOf(names, (byte)0, at) + 1;
            var directory = new DirectoryInfo(Path.Combine(path, Encoding.UTF8.GetString(names, at, end - at - 1)));
            (directory is { Exists: true, LinkTarget: null } ? replaced : files).AddRange(names.AsSpan(at, end - at));
            at = end;
        }

        return ([.. files], [.. replaced]);
    }

    /// <summary>Files whose changes git was told not to see would be tested and not committed; it is told to see them.</summary>
    private static async Task ShowHiddenAsync(GitPlace place, CancellationToken cancellationToken)
    {
        var listed = (await place.AskAsync(["ls-files", "-z", "-v"], cancellationToken)).Bytes;
        var (unwatched, skipped) = (new List<byte>(), new List<byte>());
        for (var at = 0; at < listed.Length;)
        {
            var end = Array.IndexOf(listed, (byte)0, at) + 1;
            var tag = (char)listed[at];
            if (char.IsAsciiLetterLower(tag))
            {
                unwatched.AddRange(listed.AsSpan(at + 2, end - at - 2));
            }

            // In a sparse worktree git skips what is not checked out, and looks at it itself once it is there.
            if (tag is 'S' or 's' && !place.IsSparse)
            {
                skipped.AddRange(listed.AsSpan(at + 2, end - at - 2));
            }

            at = end;
        }

        foreach (var (flag, names) in ((string, List<byte>)[])[("--no-assume-unchanged", unwatched), ("--no-skip-worktree", skipped)])
        {
            if (names.Count > 0)
            {
                await place.AskAsync(["update-index", "-z", flag, "--stdin"], cancellationToken, names.ToArray());
            }
        }
    }
}
