using System.Collections.Immutable;

namespace Muster.Git;

/// <summary>Looks at a repository before a build and names all that it cannot work with.</summary>
internal static class PreflightCheck
{
    public static async Task<Preflight> RunAsync(GitRepository repository, string? baseBranch, CancellationToken cancellationToken)
    {
        var problems = ImmutableArray.CreateBuilder<PreflightProblem>();
        var head = await repository.CheckoutPlace.TryAsync(["symbolic-ref", "--quiet", "HEAD"], cancellationToken);
        var branch = baseBranch ?? (head.ExitCode == 0 ? head.Text.Trim()["refs/heads/".Length..] : null);
        var commit = branch is null ? null : await repository.CommitOfAsync("refs/heads/" + branch, cancellationToken);
        if (branch is null)
        {
            problems.Add(new("detached", $"No branch is checked out in {Printable.Of(repository.Checkout)}.", "Switch to the branch to build on with 'git switch BRANCH', or name it.", true));
        }
        else if (commit is null && baseBranch is not null && head.Text.Trim() != "refs/heads/" + branch)
        {
            problems.Add(new("no-commit", $"There is no branch {Printable.Of(branch)} in {Printable.Of(repository.Checkout)}.", "Name a branch that 'git branch' lists.", true));
        }

        await LookAtCheckoutAsync(repository, commit, problems, cancellationToken);
        var settings = await SettingsOf(repository, cancellationToken);
        LookAtSettings(settings, problems);
        if (commit is not null)
        {
            await TreeCheck.RunAsync(repository, commit, settings, problems, cancellationToken);
        }

        if (await repository.CommitOfAsync("refs/heads/orchestration", cancellationToken) is not null)
        {
            problems.Add(new("branch-name", "There is a branch named orchestration, so none can be named orchestration/RUN/MODULE.", "Rename it with 'git branch -m'.", true));
        }

        var hooks = settings.GetValueOrDefault("core.hookspath");
        var below = hooks is null ? null : Path.GetRelativePath(repository.Checkout, Path.GetFullPath(hooks, repository.Checkout));
        return new(branch, commit, problems.ToImmutable(), below is null || below.StartsWith("..", StringComparison.Ordinal) || below == "." ? null : below.Replace('\\', '/'));
    }

    private static async Task LookAtCheckoutAsync(
        GitRepository repository, string? commit, ImmutableArray<PreflightProblem>.Builder problems, CancellationToken cancellationToken)
    {
        var status = await repository.CheckoutPlace.AskAsync(["status", "--porcelain", "-z", "--no-renames", "--ignore-submodules=all"], cancellationToken);
        var changed = status.Fields.Select(f => f.Length > 3 ? f[3..] : f).ToList();
        if (changed.Count == 0)
        {
            return;
        }

        problems.Add(commit is null
            ? new("no-commit", $"{Printable.Of(repository.Checkout)} has files and no commit: {Printable.Some(changed)}.", "Commit them, or build in an empty directory.", true)
            : new("dirty", $"{Printable.Of(repository.Checkout)} has changes that are not committed and so are no part of the build: {Printable.Some(changed)}.",
                "Commit them first if the build should see them.", false));
    }

    /// <summary>The user's whole configuration, names in git's lower case.</summary>
    private static async Task<Dictionary<string, string>> SettingsOf(GitRepository repository, CancellationToken cancellationToken)
    {
        var listed = await GitCommand.AskAsync(repository.Checkout, ["config", "--list", "-z"], TimeSpan.FromMinutes(1), cancellationToken);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in listed.Fields)
        {
            var (key, value) = field.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0 ? (field[..end], field[(end + 1)..]) : (field, "true");
            settings[key] = value;
        }

        // The safe flags of the asking stand in the list too: hooks are asked for without them.
        settings.Remove("core.hookspath");
        var start = GitCommand.StartOf(repository.Checkout, ["config", "--type=path", "--get", "core.hooksPath"], isSafe: false);
        var hooks = await GitCommand.RunAsync(start, input: null, TimeSpan.FromMinutes(1), cancellationToken);
        if (hooks.ExitCode == 0)
        {
            settings["core.hookspath"] = GitRepository.Line(hooks);
        }

        return settings;
    }

    private static void LookAtSettings(Dictionary<string, string> settings, ImmutableArray<PreflightProblem>.Builder problems)
    {
        if (settings.ContainsKey("extensions.partialclone") || settings.Any(s => s.Key.StartsWith("remote.", StringComparison.Ordinal)
            && s.Key.EndsWith(".promisor", StringComparison.Ordinal) && s.Value is not "false"))
        {
            problems.Add(new("partial-clone", "The repository is a partial clone: git would fetch missing files while agents work.", "Fetch them all with 'git fetch --refetch --no-filter', or clone it whole.", true));
        }

        if (settings.ContainsKey("core.worktree"))
        {
            problems.Add(new("core-worktree", "The repository's configuration sets core.worktree, so its files lie elsewhere.", "Build in an ordinary clone.", true));
        }

        if (settings.GetValueOrDefault("core.sparsecheckout") is "true")
        {
            problems.Add(new("sparse", "The checkout is sparse; a build sees the whole tree of its commit.", "Nothing has to be done.", false));
        }
    }
}
