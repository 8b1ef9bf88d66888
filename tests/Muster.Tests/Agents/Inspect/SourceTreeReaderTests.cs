using Muster.Agents.Inspect;
using Muster.Tests.Agents.Inspect.Checks;

namespace Muster.Tests.Agents.Inspect;

public sealed class SourceTreeReaderTests : IDisposable
{
    private readonly TemporaryTree tree = new();

    public void Dispose() => tree.Dispose();

    private async Task<string[]> ListedAsync() =>
        [.. (await SourceTreeReader.ReadAsync(tree.Root, TestContext.Current.CancellationToken)).Files.Select(file => file.Path)];

    [Fact]
    public async Task Ignore_files_hold_in_a_tree_that_is_no_checkout()
    {
        tree.With(".gitignore", "*.log\n/local/\n!keep.log\n").With("a.py", "x").With("a.log", "x").With("keep.log", "x").With("local/b.py", "x")
            .With("sub/.gitignore", "made.py\n").With("sub/made.py", "x").With("sub/c.py", "x").With("sub/local/d.py", "x");

        Assert.Equal([".gitignore", "a.py", "keep.log", "sub/.gitignore", "sub/c.py", "sub/local/d.py"], await ListedAsync());
        Assert.False(Directory.Exists(Path.Combine(tree.Root, ".git")));
    }

    [Fact]
    public async Task Checkouts_below_a_directory_are_listed_each_by_its_own_ignore_files()
    {
        tree.With("one/.gitignore", "made.py\n").With("one/made.py", "x").With("one/a.py", "x").With("b.py", "x");
        using var git = System.Diagnostics.Process.Start("git", ["init", "-q", Path.Combine(tree.Root, "one")]);
        await git.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["b.py", "one/.gitignore", "one/a.py"], await ListedAsync());
    }
}
