using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>What agents do to the repository itself is noticed.</summary>
public sealed class RefsGuardTests : BuildTest
{
    // Fault 75.
    [Theory]
    [InlineData("refs/heads/main", "reset", "-q", "--hard", "HEAD~1")]
    [InlineData("refs/heads/main", "commit", "-q", "--allow-empty", "-m", "x")]
    [InlineData("refs/heads/new", "branch", "new")]
    [InlineData("refs/tags/kept", "tag", "-d", "kept")]
    [InlineData("refs/tags/kept", "tag", "-f", "kept", "HEAD~1")]
    [InlineData("refs/remotes/origin/HEAD", "symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/main")]
    [InlineData("config", "config", "core.fsmonitor", "evil")]
    [InlineData("REPO", "checkout", "-q", "--detach")]
    public async Task A_git_command_in_the_users_checkout_is_noticed(string what, params string[] command)
    {
        await StartAsync();
        Real.Commit("second");
        Real.Git("tag", "kept");
        var before = await Repository.SnapshotAsync(Token);

        Real.Git(command);

        var change = Assert.Single(await ChangesAsync(before));
        Assert.Equal(what.Replace("REPO", Real.Checkout, StringComparison.Ordinal), change.What);
        Assert.Contains("the engine did not do that", change.Message, StringComparison.Ordinal);
    }

    // Fault 75.
    [Fact]
    public async Task New_hooks_and_pruned_commits_are_noticed_and_the_engines_own_work_is_not()
    {
        await StartAsync();
        Real.Git("branch", "lost");
        Real.Git("checkout", "-q", "lost");
        var lost = Real.With("lost.txt", "x").Commit("lost");
        Real.Git("checkout", "-q", "main");
        var before = await Repository.SnapshotAsync(Token);
        Assert.Empty(await ChangesAsync(before));
        await BuiltAsync("a", "a/new.txt", "x");
        Assert.Empty(await ChangesAsync(before));

        Real.Git("branch", "-q", "-D", "lost");
        Real.Git("reflog", "expire", "--expire=now", "--all");
        Real.Git("gc", "-q", "--prune=now");
        File.WriteAllText(Path.Combine(Real.Checkout, ".git/hooks/post-checkout"), "#!/bin/sh\n");

        var changes = await ChangesAsync(before);
        Assert.Equal(["refs/heads/lost", "hooks/post-checkout", lost], changes.Select(c => c.What));
        Assert.All(changes, c => Assert.EndsWith(".", c.Message, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<RefChange>> ChangesAsync(RefsSnapshot before) => await RefsGuard.CompareAsync(
        Repository,
        before,
        await Repository.SnapshotAsync(Token),
        what => what.StartsWith("refs/heads/orchestration/r1/", StringComparison.Ordinal) || what.StartsWith(Real.Builds, StringComparison.Ordinal),
        Token);
}
