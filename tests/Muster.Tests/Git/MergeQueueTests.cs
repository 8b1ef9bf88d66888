using System.Diagnostics;
using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>Merges happen whole or not at all.</summary>
public sealed class MergeQueueTests : BuildTest
{
    // Fault 68.
    [Fact]
    public async Task Merges_asked_for_at_once_are_made_one_after_another()
    {
        await StartAsync();
        var integration = await IntegrationAsync();
        var trees = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => BuiltAsync("m" + i, $"a/m{i}.txt", "x")));

        var merges = await Task.WhenAll(trees.Select(t => MergeAsync(integration, t)));

        Assert.All(merges, m => Assert.IsType<MergeOutcome.Merged>(m));
        Assert.Equal(8, Directory.GetFiles(Path.Combine(integration.Path, "a"), "m*.txt").Length);
        Assert.Equal("8", RealRepository.GitIn(integration.Path, "rev-list", "--count", "--merges", Base + "..HEAD"));
        Assert.Equal(string.Empty, RealRepository.GitIn(integration.Path, "status", "--porcelain"));
    }

    // Fault 69.
    [Fact]
    public async Task A_conflict_is_told_with_its_paths_and_words_and_leaves_everything_as_it_was()
    {
        await StartAsync();
        var integration = await IntegrationAsync();
        var one = await BuiltAsync("a", "a/one.txt", "a's\n");
        var other = await BuiltAsync("b", "a/one.txt", "b's\n");
        var gone = await AddAsync("c");
        File.Delete(Path.Combine(gone.Path, "a/one.txt"));
        await BranchWork.CommitAllAsync(gone, "m", Token);
        var merged = Assert.IsType<MergeOutcome.Merged>(await MergeAsync(integration, one));
        var probe = await Repository.Merges.ProbeAsync(one.Branch, other.Branch, Token);

        var conflict = Assert.IsType<MergeOutcome.Conflicted>(await MergeAsync(integration, other));
        var deleted = Assert.IsType<MergeOutcome.Conflicted>(await MergeAsync(integration, gone));

        Assert.Equal(["a/one.txt"], conflict.Probe.Paths);
        Assert.False(probe.IsClean);
        Assert.Equal(conflict.Probe.Paths, probe.Paths);
        Assert.Contains("CONFLICT (content)", Assert.Single(conflict.Probe.Conflicts).Message, StringComparison.Ordinal);
        Assert.Contains("<<<<<<<", await Repository.ReadFileAsync(conflict.Probe.Tree, "a/one.txt", Token), StringComparison.Ordinal);
        Assert.Contains("CONFLICT (modify/delete)", deleted.Probe.Conflicts.Single().Message, StringComparison.Ordinal);
        Assert.Equal(merged.Commit, RealRepository.GitIn(integration.Path, "rev-parse", "HEAD"));
        Assert.Equal(string.Empty, RealRepository.GitIn(integration.Path, "status", "--porcelain"));
        Assert.False(File.Exists(Path.Combine(integration.GitDirectory, "MERGE_HEAD")));
        Assert.Equal("b's\n", await Repository.ReadFileAsync(other.Branch, "a/one.txt", Token));
    }

    [Fact]
    public async Task What_was_merged_already_is_not_merged_twice_and_a_red_merge_is_undone()
    {
        await StartAsync();
        var integration = await IntegrationAsync();
        var tree = await BuiltAsync("a", "a/new.txt", "x");
        var merged = Assert.IsType<MergeOutcome.Merged>(await MergeAsync(integration, tree));
        Assert.Equal(merged.Commit, Assert.IsType<MergeOutcome.AlreadyMerged>(await MergeAsync(integration, tree)).Commit);
        RealRepository.Write(Path.Combine(integration.Path, "top.txt"), "a test wrote here");

        await Repository.Merges.UndoAsync(integration, merged.Before, Token);

        Assert.Equal(Base, RealRepository.GitIn(integration.Path, "rev-parse", "HEAD"));
        Assert.False(File.Exists(Path.Combine(integration.Path, "a/new.txt")));
        Assert.Equal(string.Empty, RealRepository.GitIn(integration.Path, "status", "--porcelain"));
        Assert.Equal("x", await Repository.ReadFileAsync(tree.Branch, "a/new.txt", Token));
        await Assert.ThrowsAsync<GitException>(() => Repository.Merges.UndoAsync(integration, merged.Commit, Token));
        await Assert.ThrowsAsync<GitException>(() => Repository.Merges.MergeAsync(integration, tree.Branch, "Merge", Token, expected: merged.Commit));
        Assert.Equal(Base, RealRepository.GitIn(integration.Path, "rev-parse", "HEAD")); // Not where whoever asked believed it to be.
    }

    [Fact]
    public async Task Changes_that_a_test_left_and_files_in_the_way_are_named_and_nothing_is_merged()
    {
        await StartAsync();
        var integration = await IntegrationAsync();
        var tree = await BuiltAsync("a", "a/new.txt", "x");
        RealRepository.Write(Path.Combine(integration.Path, "top.txt"), "a test wrote here");
        Assert.Contains("top.txt", (await Assert.ThrowsAsync<GitException>(() => MergeAsync(integration, tree))).Message, StringComparison.Ordinal);
        await Repository.Merges.UndoAsync(integration, Base, Token);

        RealRepository.Write(Path.Combine(integration.Path, "a/new.txt"), "in the way");
        Assert.Contains("a/new.txt", (await Assert.ThrowsAsync<GitException>(() => MergeAsync(integration, tree))).Message, StringComparison.Ordinal);

        Assert.Equal(Base, RealRepository.GitIn(integration.Path, "rev-parse", "HEAD"));
        Assert.Equal("in the way", File.ReadAllText(Path.Combine(integration.Path, "a/new.txt")));
    }

    // Fault 69, after kill -9: each state between the branch's move and the last file.
    [Theory]
    [InlineData("unlink")]
    [InlineData("rename")]
    [InlineData("write")]
    [InlineData("openat")]
    public async Task A_merge_that_was_killed_at_any_call_is_brought_to_its_end(string call)
    {
        if (!Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(path => File.Exists(Path.Combine(path, "strace"))))
        {
            Assert.Skip("needs strace");
        }

        await StartAsync();
        var integration = await IntegrationAsync();
        var tree = await AddAsync("a");
        RealRepository.Write(Path.Combine(tree.Path, "a/new.txt"), "x");
        RealRepository.Write(Path.Combine(tree.Path, "b/two.txt"), "y");
        File.Delete(Path.Combine(tree.Path, "a/one.txt"));
        var work = (await BranchWork.CommitAllAsync(tree, "m", Token)).Commit;
        var merged = Assert.IsType<MergeOutcome.Merged>(await MergeAsync(integration, tree));
        var killed = 0;
        for (var at = 1; at <= 40; at += call == "openat" ? 3 : 1)
        {
            await Repository.Merges.UndoAsync(integration, Base, Token);
            Real.Git("update-ref", "refs/heads/" + integration.Branch, merged.Commit);
            killed += Killed(call, at, integration, Base, merged.Commit) ? 1 : 0;

            var head = await Repository.Merges.RecoverAsync(integration, Base, Token);

            Assert.Equal((merged.Commit, true), (head.Commit, head.IsAhead));
            Assert.Equal(string.Empty, RealRepository.GitIn(integration.Path, "status", "--porcelain"));
            Assert.True(File.Exists(Path.Combine(integration.Path, "a/new.txt")));
            Assert.IsType<MergeOutcome.AlreadyMerged>(await Repository.Merges.MergeAsync(integration, work, "m", Token));
        }

        Assert.True(killed > 0);
    }

    [Fact]
    public async Task A_half_merge_of_gits_own_is_dropped_and_a_head_that_nobody_knows_is_an_error()
    {
        await StartAsync();
        var integration = await IntegrationAsync();
        var one = await BuiltAsync("a", "a/one.txt", "a's\n");
        var other = await BuiltAsync("b", "a/one.txt", "b's\n");
        var merged = Assert.IsType<MergeOutcome.Merged>(await MergeAsync(integration, one));
        Assert.NotEqual(0, RealRepository.TryGitIn(integration.Path, "merge", "-q", other.Branch).Code);
        File.WriteAllText(Path.Combine(integration.GitDirectory, "index.lock"), string.Empty);

        var head = await Repository.Merges.RecoverAsync(integration, merged.Commit, Token);

        Assert.Equal(new IntegrationHead(merged.Commit, IsAhead: false, WasRepaired: true), head);
        Assert.Equal("a's\n", File.ReadAllText(Path.Combine(integration.Path, "a/one.txt")));
        Assert.Equal(new IntegrationHead(merged.Commit, IsAhead: false, WasRepaired: false), await Repository.Merges.RecoverAsync(integration, merged.Commit, Token));

        RealRepository.GitIn(integration.Path, "commit", "-q", "--allow-empty", "-m", "an agent's");
        var refused = await Assert.ThrowsAsync<GitException>(() => Repository.Merges.RecoverAsync(integration, merged.Commit, Token));
        Assert.Contains(merged.Commit, refused.Message, StringComparison.Ordinal);
    }

    private async Task<MergeOutcome> MergeAsync(Worktree integration, Worktree tree) =>
        await Repository.Merges.MergeAsync(integration, Real.Git("rev-parse", tree.Branch), "Merge " + tree.Branch, Token);

    private static bool Killed(string call, int at, Worktree tree, string from, string to)
    {
        var start = new ProcessStartInfo("strace", ["-o", "/dev/null", "-e", "trace=" + call, "-e", $"inject={call}:signal=KILL:when={at}", "git", "read-tree", "-m", "-u", from, to])
        {
            WorkingDirectory = tree.Path,
            UseShellExecute = false,
        };
        using var run = Process.Start(start)!;
        run.WaitForExit();
        return run.ExitCode != 0;
    }
}
