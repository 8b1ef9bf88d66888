using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>A build's whole way through git, on paths and formats of every kind.</summary>
public sealed class BuildPathTests : BuildTest
{
    // Fault 74: paths with spaces, newlines and letters beyond ASCII, and SHA-256, are supported; 71: the checkout is never touched.
    [Theory]
    [InlineData("repo")]
    [InlineData("a repo's \"dir\" $HOME")]
    [InlineData("new\nline é 漢")]
    [InlineData("-C")]
    [InlineData("sha256", "--object-format=sha256")]
    public async Task A_module_is_built_checked_merged_and_brought_to_the_base_and_the_checkout_stays_as_it_was(string name, params string[] init)
    {
        await StartAsync(name, init);
        Real.With("dirty.txt", "the user's own").Git("checkout", "-q", "-b", "elsewhere");
        var checkout = Real.Git("status", "--porcelain");
        var preflight = await Repository.PreflightAsync("main", Token);
        Assert.True(preflight.IsPossible);
        Assert.Equal(("main", Base), (preflight.BaseBranch, preflight.BaseCommit));

        var integration = await IntegrationAsync();
        var module = await AddAsync("b", "b");
        Assert.False(File.Exists(Path.Combine(module.Path, "a/one.txt")));
        Assert.True(File.Exists(Path.Combine(module.Path, "b/deep/three.txt")));
        Assert.True(File.Exists(Path.Combine(module.Path, "top.txt")));
        RealRepository.Write(Path.Combine(module.Path, "b/new name é.txt"), "new\n");
        RealRepository.Write(Path.Combine(module.Path, "b/build.log"), "ignored\n");
        File.Delete(Path.Combine(module.Path, "b/two.txt"));
        var committed = await BranchWork.CommitAllAsync(module, "Build b\n\nWith a body.", Token);
        Assert.True(committed.IsNew);

        var diff = await BranchDiff.ReadAsync(Repository, Base, committed.Commit, Token);
        Assert.Equal(["A b/new name é.txt", "D b/two.txt"], diff.Paths.Select(p => $"{p.Status} {p.Path}"));
        Assert.Empty(DiffRules.Check(diff, ["b"], [".orchestration"]));
        Assert.NotEmpty(DiffRules.Check(diff, ["a"], [".orchestration"]));

        var merged = Assert.IsType<MergeOutcome.Merged>(await Repository.Merges.MergeAsync(integration, module.Branch, "Merge b", Token));
        Assert.Equal(Base, merged.Before);
        Assert.True(File.Exists(Path.Combine(integration.Path, "b/new name é.txt")));
        Assert.False(File.Exists(Path.Combine(integration.Path, "b/two.txt")));
        Assert.Equal(string.Empty, RealRepository.GitIn(integration.Path, "status", "--porcelain"));
        Assert.Equal("Muster <muster@localhost>", RealRepository.GitIn(integration.Path, "log", "-1", "--format=%an <%ae>"));

        var moved = await Repository.Merges.AdvanceAsync("main", Base, merged.Commit, mergeMessage: null, Token);
        Assert.True(moved.IsDone);
        Assert.Equal(merged.Commit, Real.Git("rev-parse", "main"));
        Assert.Equal(checkout, Real.Git("status", "--porcelain"));
        Assert.Equal(Base, Real.Git("rev-parse", "HEAD"));
        Assert.Equal("false", Real.Git("config", "--default", "false", "extensions.worktreeConfig"));
    }
}
