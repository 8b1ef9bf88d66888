using System.Diagnostics;
using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>The base branch moves only from where it was approved to move, and never under somebody's feet.</summary>
public sealed class BaseBranchTests : BuildTest
{
    // Fault 71.
    [Theory]
    [InlineData(null)]
    [InlineData("Merge the build")]
    public async Task Checked_out_it_is_not_moved_and_the_command_that_does_it_works(string? message)
    {
        await StartAsync("it's a $(dir)");
        var head = await ShippedAsync();

        var move = await Repository.Merges.AdvanceAsync("main", Base, head, message, Token);
        var again = await Repository.Merges.AdvanceAsync("main", Base, head, message, Token);

        Assert.False(move.IsDone);
        Assert.Equal(move, again);
        Assert.Equal(Real.Checkout, move.CheckedOutAt);
        Assert.Equal(Base, Real.Git("rev-parse", "main"));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", move.Command! + " -q"]) { UseShellExecute = false, WorkingDirectory = "/" })!;
        await shell.WaitForExitAsync(Token);
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal(move.Commit, Real.Git("rev-parse", "main"));
        Assert.True((await Repository.Merges.AdvanceAsync("main", Base, head, message, Token)).IsDone);
    }

    [Fact]
    public async Task Elsewhere_it_is_moved_by_fast_forward_or_by_a_merge_commit_with_both_parents()
    {
        await StartAsync();
        var head = await ShippedAsync();
        Real.Git("switch", "-q", "-c", "elsewhere");
        Real.Git("branch", "second", "main");

        Assert.True((await Repository.Merges.AdvanceAsync("main", Base, head, mergeMessage: null, Token)).IsDone);
        var merged = await Repository.Merges.AdvanceAsync("second", Base, head, "Ship it", Token);

        Assert.Equal(head, Real.Git("rev-parse", "main"));
        Assert.Equal($"{Base} {head} Ship it", Real.Git("log", "-1", "--format=%P %s", "second"));
        Assert.Equal(string.Empty, Real.Git("diff", "main", "second"));
        Assert.Equal(merged.Commit, Real.Git("rev-parse", "second"));
    }

    // Fault 71.
    [Fact]
    public async Task A_base_that_moved_is_refused_with_both_commits_and_so_is_a_commit_that_does_not_come_from_it()
    {
        await StartAsync();
        var head = await ShippedAsync();
        var now = Real.With("user.txt", "x").Commit("the user's");
        Real.Git("switch", "-q", "-c", "elsewhere");

        var moved = await Assert.ThrowsAsync<GitException>(() => Repository.Merges.AdvanceAsync("main", Base, head, null, Token));
        await Assert.ThrowsAsync<GitException>(() => Repository.Merges.AdvanceAsync("main", now, head, "m", Token));

        Assert.Contains(Base, moved.Message, StringComparison.Ordinal);
        Assert.Contains(now, moved.Message, StringComparison.Ordinal);
        Assert.Equal(now, Real.Git("rev-parse", "main"));
    }

    [Fact]
    public async Task A_branch_in_the_midst_of_a_rebase_counts_as_checked_out()
    {
        await StartAsync();
        var head = await ShippedAsync();
        Real.Git("switch", "-q", "-c", "topic");
        Real.With("top.txt", "topic\n").Commit("topic");
        Real.Git("switch", "-q", "main");
        var start = Real.With("top.txt", "main\n").Commit("main");
        Assert.NotEqual(0, RealRepository.TryGitIn(Real.Checkout, "rebase", "-q", "topic").Code);

        await Assert.ThrowsAsync<GitException>(() => Repository.Merges.AdvanceAsync("main", start, head, null, Token));
        var merged = Real.Git("commit-tree", head + "^{tree}", "-p", start, "-p", head, "-m", "m");
        Assert.Equal(Real.Checkout, (await Repository.Merges.AdvanceAsync("main", start, merged, null, Token)).CheckedOutAt);
    }

    // Fault 74: an empty repository.
    [Fact]
    public async Task In_an_empty_directory_a_build_begins_with_the_empty_tree_and_reaches_the_base_by_the_command()
    {
        using var temp = new TempDirectory();
        var path = Directory.CreateDirectory(Path.Combine(temp.Path, "green")).FullName;
        var repository = await GitRepository.OpenOrCreateAsync(path, TimeProvider.System, Token);
        var preflight = await repository.PreflightAsync(null, Token);
        Assert.True(preflight.IsGreenfield);
        Assert.Equal("main", preflight.BaseBranch);

        var root = await repository.BeginBranchAsync("orchestration/r1/integration", "Begin", Token);
        Assert.Equal(root, await repository.BeginBranchAsync("orchestration/r1/integration", "Begin", Token));
        var builds = Path.Combine(temp.Path, "builds");
        var integration = await repository.WorktreesIn(builds).AddAsync(Path.Combine(builds, "integration"), "orchestration/r1/integration", root, null, Token);
        RealRepository.Write(Path.Combine(integration.Path, "src/new.txt"), "x");
        var head = (await BranchWork.CommitAllAsync(integration, "Build", Token)).Commit;
        Assert.Equal([".git"], Directory.EnumerateFileSystemEntries(path).Select(e => Path.GetFileName(e)));

        var move = await repository.Merges.AdvanceAsync("main", expected: null, head, "m", Token);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", move.Command! + " -q"]) { UseShellExecute = false })!;
        await shell.WaitForExitAsync(Token);

        Assert.Equal(head, RealRepository.GitIn(path, "rev-parse", "main"));
        Assert.True(File.Exists(Path.Combine(path, "src/new.txt")));
    }

    private async Task<string> ShippedAsync()
    {
        var integration = await IntegrationAsync();
        RealRepository.Write(Path.Combine(integration.Path, "a/new.txt"), "x");
        return (await BranchWork.CommitAllAsync(integration, "Build", Token)).Commit;
    }
}
