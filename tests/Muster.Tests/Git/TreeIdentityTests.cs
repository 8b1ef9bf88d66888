using Muster.Git;
using Muster.Tests.Agents.Inspect.Checks;

namespace Muster.Tests.Git;

/// <summary>A tree has another name when what workers may read in it is other, and only then.</summary>
public sealed class TreeIdentityTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public async Task A_change_of_an_untracked_file_beneath_a_directory_of_the_checkout_is_noticed()
    {
        tree.With("a/one.cs", "1").Init().Commit(Noon).With("a/new.cs", "1");
        var before = await NameAsync("a");

        tree.With("a/new.cs", "12");

        Assert.NotEqual(before, await NameAsync("a"));
    }

    [Fact]
    public async Task A_commit_beside_the_root_changes_nothing_and_one_beneath_it_does()
    {
        tree.With("a/one.cs", "1").With("b/two.cs", "1").Init().Commit(Noon);
        var before = await NameAsync("a");

        tree.With("b/two.cs", "2").Commit(Noon);

        Assert.Equal(before, await NameAsync("a"));

        tree.With("a/one.cs", "2").Commit(Noon);

        Assert.NotEqual(before, await NameAsync("a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_runs_write_into_the_tree_is_no_part_of_it(bool isGit)
    {
        tree.With("a/one.cs", "1");
        _ = isGit ? tree.Init().Commit(Noon) : tree;
        var before = await NameAsync(".");

        tree.With("runs/20260102/summary.md", "x");

        Assert.Equal(before, await NameAsync("."));
    }

    [Fact]
    public async Task Outside_git_a_file_that_is_added_changed_or_removed_is_noticed()
    {
        tree.With("a/one.cs", "1");
        var first = await NameAsync(".");
        tree.With("a/two.cs", "1");
        var second = await NameAsync(".");
        tree.With("a/two.cs", "12");
        var third = await NameAsync(".");
        File.Delete(Path.Combine(tree.Root, "a/two.cs"));

        Assert.Equal(3, new HashSet<string?> { first, second, third }.Count);
        Assert.NotNull(first);
        Assert.Equal(first, await NameAsync("."));
    }

    private Task<string?> NameAsync(string root) =>
        TreeIdentity.ReadAsync(Path.GetFullPath(Path.Combine(tree.Root, root)), Path.Combine(tree.Root, "runs"), TestContext.Current.CancellationToken);
}
