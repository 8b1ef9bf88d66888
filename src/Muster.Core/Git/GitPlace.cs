using System.Text;

namespace Muster.Git;

/// <summary>A place where git works for the engine: always named in full, never looked for from inside a tree that an agent wrote in.</summary>
/// <remarks>
/// A tree can bring its own <c>.git</c>, its attributes name programs, and a checkout's configuration says which. So git is told the three directories,
/// reads no configuration but the repository's own, and of that nothing which starts a program. See docs/git.md.
/// </remarks>
/// <param name="Settings">What is set over the repository's own configuration.</param>
/// <param name="Directory">Absolute path of the git directory: of the repository, or of one worktree of it.</param>
/// <param name="WorkTree">Absolute path of the files; null where a command needs none.</param>
/// <param name="IsSparse">Whether only the paths of the place's own list are checked out.</param>
internal sealed record GitPlace(GitSettings Settings, string Directory, string? WorkTree, bool IsSparse = false)
{
    /// <summary>What git is given for a local command at most; a checkout of a large tree on a slow disk takes minutes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs git and hands back whatever it answers.</summary>
    public async Task<GitOutcome> TryAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte>? input = null, DateTimeOffset? date = null)
    {
        var start = GitCommand.StartOf(WorkTree ?? Directory, arguments, isSafe: false);
        var environment = start.Environment;
        environment["GIT_DIR"] = Directory;
        environment["GIT_COMMON_DIR"] = Settings.CommonDirectory;
        if (WorkTree is not null)
        {
            environment["GIT_WORK_TREE"] = WorkTree;
        }

        if (date is { } at)
        {
            environment["GIT_AUTHOR_DATE"] = environment["GIT_COMMITTER_DATE"] = $"{at.ToUnixTimeSeconds()} +0000";
        }

        await Settings.ApplyAsync(this, environment, cancellationToken);
        return await GitCommand.RunAsync(start, input, Limit, cancellationToken);
    }

    /// <summary>Runs git, which must say yes.</summary>
    /// <exception cref="GitException">It said no.</exception>
    public async Task<GitOutcome> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte>? input = null)
    {
        var outcome = await TryAsync(arguments, cancellationToken, input);
        return outcome.ExitCode == 0 ? outcome : throw GitException.Failed(string.Join(' ', arguments.Take(12)), WorkTree ?? Directory, outcome);
    }

    /// <summary>The same for a text as input.</summary>
    public Task<GitOutcome> AskAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellationToken) =>
        AskAsync(arguments, cancellationToken, Encoding.UTF8.GetBytes(input));

    /// <summary>The commit that a name means; null where there is none.</summary>
    public async Task<string?> CommitOfAsync(string name, CancellationToken cancellationToken)
    {
        var outcome = await TryAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"], cancellationToken);
        return outcome.ExitCode == 0 ? outcome.Text.Trim() : null;
    }

    /// <summary>Whether everything of one commit is also in another.</summary>
    public async Task<bool> IsAncestorAsync(string ancestor, string of, CancellationToken cancellationToken)
    {
        if (ancestor == of)
        {
            return true;
        }

        var outcome = await TryAsync(["merge-base", "--is-ancestor", ancestor, of], cancellationToken);
        return outcome.ExitCode is 0 or 1 ? outcome.ExitCode == 0 : throw GitException.Failed("merge-base --is-ancestor", Directory, outcome);
    }
}
