using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>Worktrees are made once, taken again, and removed only when nothing in them would be lost.</summary>
public sealed class WorktreesTests : BuildTest
{
    // Fault 67.
    [Fact]
    public async Task Many_asked_for_at_once_are_all_made_and_commit_at_once()
    {
        await StartAsync();

        var trees = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => AddAsync("m" + i)));
        var commits = await Task.WhenAll(trees.Select(async (tree, i) =>
        {
            RealRepository.Write(Path.Combine(tree.Path, "a", i + ".txt"), "x");
            return await BranchWork.CommitAllAsync(tree, "m", Token);
        }));

        Assert.All(commits, c => Assert.True(c.IsNew));
        Assert.Equal(12, Real.Git("for-each-ref", "refs/heads/orchestration").Split('\n').Length);
    }

    [Fact]
    public async Task One_that_is_there_is_taken_as_it_is_with_what_was_done_in_it()
    {
        await StartAsync();
        var made = await BuiltAsync("a", "a/new.txt", "x");
        RealRepository.Write(Path.Combine(made.Path, "a/open.txt"), "not committed");
        await ReopenAsync();

        var again = await AddAsync("a");

        Assert.True(again.WasThere);
        Assert.False(made.WasThere);
        Assert.Equal(Real.Git("rev-parse", made.Branch), again.Head);
        Assert.True(File.Exists(Path.Combine(again.Path, "a/open.txt")));
    }

    [Fact]
    public async Task One_whose_directory_was_deleted_is_made_again_from_the_commits_of_its_branch()
    {
        await StartAsync();
        var made = await BuiltAsync("a", "a/new.txt", "x");
        Directory.Delete(made.Path, recursive: true);

        var again = await AddAsync("a");

        Assert.False(again.WasThere);
        Assert.True(File.Exists(Path.Combine(again.Path, "a/new.txt")));
    }

    // Fault 70.
    [Fact]
    public async Task A_branch_that_is_checked_out_elsewhere_is_refused_with_the_place()
    {
        await StartAsync();
        var elsewhere = Path.Combine(Real.Outside, "elsewhere");
        Real.Git("worktree", "add", "-q", "-b", "orchestration/r1/a", elsewhere);

        var refused = await Assert.ThrowsAsync<GitException>(() => AddAsync("a"));

        Assert.Contains(elsewhere, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_with_commits_from_elsewhere_is_left_alone_and_one_with_none_of_its_own_is_moved()
    {
        await StartAsync();
        var first = Base;
        Real.Git("branch", "orchestration/r1/old", first);
        Real.Git("checkout", "-q", "-b", "orchestration/r1/other");
        Real.With("x.txt", "x").Commit("other");
        Real.Git("checkout", "-q", "main");
        var start = Real.With("y.txt", "y").Commit("next");

        await Assert.ThrowsAsync<GitException>(() => Trees.AddAsync(At("other"), "orchestration/r1/other", start, null, Token));
        var moved = await Trees.AddAsync(At("old"), "orchestration/r1/old", start, null, Token);

        Assert.Equal(start, moved.Head);
        Assert.Equal("other", Real.Git("log", "-1", "--format=%s", "orchestration/r1/other"));
    }

    // Fault 72.
    [Theory]
    [InlineData("a/one.txt", "changed")]
    [InlineData("a/untracked.txt", "new")]
    [InlineData("a/ignored.log", "ignored")]
    public async Task One_with_files_that_are_in_no_commit_is_kept(string path, string text)
    {
        await StartAsync();
        var tree = await AddAsync("a");
        RealRepository.Write(Path.Combine(tree.Path, path), text);

        var kept = await Trees.RemoveAsync(tree, Base, deleteBranch: true, Token);

        Assert.Contains(path, kept, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Path.Combine(tree.Path, path)));
    }

    // Fault 72.
    [Fact]
    public async Task One_with_commits_that_are_not_merged_is_kept_and_a_merged_one_goes_without_what_its_links_lead_to()
    {
        await StartAsync();
        var precious = Path.Combine(Real.Outside, "precious");
        RealRepository.Write(Path.Combine(precious, "file"), "x");
        var tree = await AddAsync("a", "a");
        File.CreateSymbolicLink(Path.Combine(tree.Path, "a/out"), precious);
        var committed = await BranchWork.CommitAllAsync(tree, "Link", Token);

        Assert.Contains("not merged", await Trees.RemoveAsync(tree, Base, deleteBranch: true, Token), StringComparison.Ordinal);
        Assert.Null(await Trees.RemoveAsync(tree, committed.Commit, deleteBranch: true, Token));

        Assert.False(Directory.Exists(tree.Path));
        Assert.True(File.Exists(Path.Combine(precious, "file")));
        Assert.Equal(string.Empty, Real.Git("branch", "--list", tree.Branch));
        Assert.DoesNotContain("module-a", Real.Git("worktree", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_outside_the_runs_directory_through_a_link_or_with_files_is_refused_and_nothing_is_removed()
    {
        await StartAsync();
        var outside = Directory.CreateDirectory(Path.Combine(Real.Outside, "outside")).FullName;
        File.CreateSymbolicLink(At("module-link"), outside);
        File.CreateSymbolicLink(At("deep"), outside);
        RealRepository.Write(At("module-full/a/one.txt"), "mine");

        foreach (var path in (string[])[outside, At("../outside"), At("module-link"), At("deep/module-x"), At("module-full")])
        {
            await Assert.ThrowsAsync<GitException>(() => Trees.AddAsync(path, "orchestration/r1/x", Base, null, Token));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.Equal("mine", File.ReadAllText(At("module-full/a/one.txt")));
    }

    [Fact]
    public async Task A_run_whose_directory_is_reached_through_a_link_works_and_is_found_again()
    {
        await StartAsync();
        var link = Path.Combine(Real.Outside, "link");
        File.CreateSymbolicLink(link, Real.Builds);
        var trees = Repository.WorktreesIn(link);

        var made = await trees.AddAsync(Path.Combine(link, "module-a"), "orchestration/r1/a", Base, null, Token);

        Assert.Equal(At("module-a"), made.Path);
        Assert.True((await trees.AddAsync(Path.Combine(link, "module-a"), "orchestration/r1/a", Base, null, Token)).WasThere);
    }

    [Fact]
    public async Task A_sparse_one_has_its_files_and_directories_by_their_exact_names_and_commits_nothing_else_away()
    {
        await StartAsync();
        Real.With("b [x]*/in.txt", "1").With("b xy/out.txt", "1").With("a/sub/deep.txt", "1");
        Base = Real.Commit("more");
        var tree = await AddAsync("s", "b [x]*", "a/one.txt");
        var there = Directory.EnumerateFiles(tree.Path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(tree.Path, f)).Order(StringComparer.Ordinal);
        Assert.Equal([".git", ".gitignore", "a/one.txt", "b [x]*/in.txt", "top.txt"], there);
        RealRepository.Write(Path.Combine(tree.Path, "b/two.txt"), "changed where it was not checked out\n");

        var committed = await BranchWork.CommitAllAsync(tree, "m", Token);

        Assert.Equal(["M b/two.txt"], (await BranchDiff.ReadAsync(Repository, Base, committed.Commit, Token)).Paths.Select(p => $"{p.Status} {p.Path}"));
    }

    // Fault 74: the user's own sparse checkout does not make the worktrees sparse.
    [Fact]
    public async Task In_a_sparse_checkout_a_worktree_is_whole()
    {
        await StartAsync();
        Real.Git("config", "core.sparseCheckout", "true");
        RealRepository.Write(Path.Combine(Real.Checkout, ".git/info/sparse-checkout"), "/a/\n");
        Real.Git("read-tree", "-mu", "HEAD");
        Assert.False(File.Exists(Path.Combine(Real.Checkout, "top.txt")));

        var tree = await AddAsync("a");

        Assert.True(File.Exists(Path.Combine(tree.Path, "b/deep/three.txt")));
        Assert.False((await BranchWork.CommitAllAsync(tree, "m", Token)).IsNew);
    }
}
