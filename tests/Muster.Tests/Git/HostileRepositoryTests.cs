using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>No program is started that a tree, a worktree or the repository's configuration names.</summary>
public sealed class HostileRepositoryTests : BuildTest
{
    private static readonly string[] Hooks =
        ["post-checkout", "pre-commit", "commit-msg", "post-commit", "pre-merge-commit", "post-merge", "reference-transaction", "post-index-change", "pre-auto-gc", "fsmonitor-watchman"];

    // Fault 73: a hook that hangs or fails cannot, as none is run.
    [Fact]
    public async Task Neither_hooks_nor_filters_drivers_monitors_editors_or_signing_programs_are_run_on_the_whole_way()
    {
        await StartAsync();
        Real.With(".gitattributes", "*.txt filter=evil merge=evil diff=evil\n*.eq filter=e=vil\n").With("a/x.eq", "x\n");
        Base = Real.Commit("attributes");
        var (script, proof) = Real.Trap();
        foreach (var hook in Hooks)
        {
            var file = Path.Combine(Real.Checkout, ".git/hooks", hook);
            File.Copy(script, file);
        }

        foreach (var key in (string[])[
            "filter.evil.clean", "filter.evil.smudge", "filter.e=vil.clean", "filter.e=vil.smudge", "merge.evil.driver", "diff.evil.command", "diff.evil.textconv",
            "core.fsmonitor", "core.editor", "gpg.program", "core.sshCommand", "diff.external", "credential.helper", "core.pager", "sequence.editor"])
        {
            Real.Git("config", key, script);
        }

        RealRepository.Write(Path.Combine(Real.Outside, "included"), $"[filter \"more\"]\n\tprocess = {script}\n\tclean = {script}\n\trequired = true\n");
        Real.Git("config", "include.path", Path.Combine(Real.Outside, "included"));
        foreach (var key in (string[])["commit.gpgSign", "merge.verifySignatures", "filter.evil.required", "log.showSignature", "rerere.enabled"])
        {
            Real.Git("config", key, "true");
        }

        await ReopenAsync();
        await Repository.PreflightAsync(null, Token);
        var integration = await IntegrationAsync();
        var a = await BuiltAsync("a", "a/one.txt", "a's\n");
        RealRepository.Write(Path.Combine(a.Path, "a/.gitattributes"), "*.more filter=more\n");
        RealRepository.Write(Path.Combine(a.Path, "a/x.more"), "more\n");
        RealRepository.Write(Path.Combine(a.Path, "a/x.eq"), "changed\n");
        var first = await BranchWork.CommitAllAsync(a, "m", Token);
        var b = await BuiltAsync("b", "a/one.txt", "b's\n");
        var c = await BuiltAsync("c", "b/two.txt", "c's\n");
        var diff = await BranchDiff.ReadAsync(Repository, Base, first.Commit, Token);
        Assert.Contains(diff.Paths, p => p.Path == "a/x.more");
        Assert.IsType<MergeOutcome.Merged>(await Repository.Merges.MergeAsync(integration, first.Commit, "m", Token));
        Assert.IsType<MergeOutcome.Conflicted>(await Repository.Merges.MergeAsync(integration, Real.Git("rev-parse", b.Branch), "m", Token));
        var merged = Assert.IsType<MergeOutcome.Merged>(await Repository.Merges.MergeAsync(integration, Real.Git("rev-parse", c.Branch), "m", Token));
        await Repository.Merges.UndoAsync(integration, merged.Before, Token);
        await Repository.Merges.RecoverAsync(integration, merged.Before, Token);
        await Repository.SnapshotAsync(Token);
        await Trees.RemoveAsync(a, first.Commit, deleteBranch: true, Token);
        Real.Git("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "symbolic-ref", "HEAD", "refs/heads/else");
        await Repository.Merges.AdvanceAsync("main", Base, merged.Before, "m", Token);
        Assert.False(File.Exists(proof));

        // The traps are real ones: git as it is would have run them.
        RealRepository.TryGitIn(c.Path, "status");
        Assert.True(File.Exists(proof));
    }

    [Fact]
    public async Task A_worktree_whose_git_file_was_replaced_is_refused_and_what_it_points_to_is_not_asked()
    {
        await StartAsync();
        var (script, proof) = Real.Trap();
        var tree = await AddAsync("a");
        var hostile = Path.Combine(tree.Path, "a/own");
        RealRepository.GitIn(tree.Path, "init", "-q", hostile);
        RealRepository.GitIn(hostile, "config", "core.fsmonitor", script);
        var link = Path.Combine(tree.Path, ".git");
        var before = File.ReadAllText(link);

        File.WriteAllText(link, "gitdir: a/own/.git\n");
        await Assert.ThrowsAsync<GitException>(() => BranchWork.CommitAllAsync(tree, "m", Token));
        File.Delete(link);
        Directory.Move(Path.Combine(hostile, ".git"), link);
        await Assert.ThrowsAsync<GitException>(() => BranchWork.CommitAllAsync(tree, "m", Token));
        await Assert.ThrowsAsync<GitException>(() => AddAsync("a"));
        Assert.False(File.Exists(proof));

        Directory.Delete(link, recursive: true);
        using (var pipe = System.Diagnostics.Process.Start("mkfifo", [link]))
        {
            await pipe.WaitForExitAsync(Token);
        }

        await Assert.ThrowsAsync<GitException>(() => BranchWork.CommitAllAsync(tree, "m", Token));
        File.Delete(link);
        File.WriteAllText(link, before);
        Assert.False((await BranchWork.CommitAllAsync(tree, "m", Token)).IsNew);
    }

    [Fact]
    public async Task A_repository_within_a_worktree_is_refused_and_its_monitor_is_not_run_even_once_an_agent_has_committed_it()
    {
        await StartAsync();
        var (script, proof) = Real.Trap();
        var tree = await AddAsync("a");
        var nested = Path.Combine(tree.Path, "a/nested");
        RealRepository.GitIn(tree.Path, "init", "-q", nested);
        RealRepository.GitIn(nested, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "-q", "--allow-empty", "-m", "x");
        RealRepository.Write(Path.Combine(nested, "file"), "x");

        var refused = await Assert.ThrowsAsync<GitException>(() => BranchWork.CommitAllAsync(tree, "m", Token));
        Assert.Contains("a/nested", refused.Message, StringComparison.Ordinal);

        RealRepository.GitIn(tree.Path, "add", "a/nested");
        RealRepository.GitIn(tree.Path, "commit", "-q", "-m", "by the agent");
        RealRepository.GitIn(nested, "config", "core.fsmonitor", script);
        RealRepository.Write(Path.Combine(tree.Path, "a/new.txt"), "x");
        var committed = await BranchWork.CommitAllAsync(tree, "m", Token);
        var diff = await BranchDiff.ReadAsync(Repository, Base, committed.Commit, Token);

        Assert.Contains(DiffRules.Check(diff, ["a"], []), v => v.Contains("another repository", StringComparison.Ordinal));
        Assert.False(File.Exists(proof));
        RealRepository.GitIn(tree.Path, "status");
        Assert.True(File.Exists(proof)); // The trap is a real one.
    }

    [Theory]
    [InlineData("--assume-unchanged")]
    [InlineData("--skip-worktree")]
    public async Task A_change_that_git_was_told_not_to_see_is_committed_all_the_same(string flag)
    {
        await StartAsync();
        var tree = await AddAsync("a");
        RealRepository.GitIn(tree.Path, "update-index", flag, "a/one.txt");
        RealRepository.Write(Path.Combine(tree.Path, "a/one.txt"), "hidden\n");
        Assert.Equal(string.Empty, RealRepository.GitIn(tree.Path, "status", "--porcelain"));

        var committed = await BranchWork.CommitAllAsync(tree, "m", Token);

        Assert.Equal("hidden\n", await Repository.ReadFileAsync(committed.Commit, "a/one.txt", Token));
    }

    [Fact]
    public async Task A_worktree_that_an_agent_switched_to_another_branch_is_refused()
    {
        await StartAsync();
        var tree = await AddAsync("a");
        RealRepository.GitIn(tree.Path, "switch", "-q", "-c", "mine");

        var refused = await Assert.ThrowsAsync<GitException>(() => BranchWork.CommitAllAsync(tree, "m", Token));

        Assert.Contains("refs/heads/mine", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_become_directories_names_need_not_be_text_and_what_the_user_ignores_everywhere_is_left()
    {
        await StartAsync();
        var ignored = Path.Combine(Real.Outside, "ignored");
        File.WriteAllText(ignored, "*.mine\n");
        Real.Git("config", "core.excludesFile", ignored);
        await ReopenAsync();
        var tree = await AddAsync("a");
        File.Delete(Path.Combine(tree.Path, "a/one.txt"));
        RealRepository.Write(Path.Combine(tree.Path, "a/one.txt/now a directory"), "x");
        RealRepository.Write(Path.Combine(tree.Path, "a/left.mine"), "x");
        RealRepository.GitIn(tree.Path, "-c", "alias.bytes=!printf x > \"$(printf 'a/\\377.txt')\"", "bytes");

        var committed = await BranchWork.CommitAllAsync(tree, "m", Token);

        var diff = await BranchDiff.ReadAsync(Repository, Base, committed.Commit, Token);
        Assert.Equal(["D a/one.txt", "A a/one.txt/now a directory", "A a/\uFFFD.txt"], diff.Paths.Select(p => $"{p.Status} {p.Path}"));
        Assert.Single(DiffRules.Check(diff, ["a"], []));
        RealRepository.GitIn(tree.Path, "rm", "-q", "-f", "-r", "a"); // .NET cannot name that file.
    }
}
