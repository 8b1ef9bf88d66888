using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>What tests of a build's git share: a repository with two modules, its engine's view, and worktrees.</summary>
public abstract class BuildTest : IDisposable
{
    internal RealRepository Real { get; private set; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string Base { get; set; } = string.Empty;

    private protected GitRepository Repository { get; set; } = null!;

    private protected Worktrees Trees { get; set; } = null!;

    public void Dispose()
    {
        Real.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected async Task StartAsync(string name = "repo", params string[] init)
    {
        Real.Dispose();
        Real = new RealRepository(name, init);
        Real.With("top.txt", "top\n").With("a/one.txt", "1\n").With("b/two.txt", "2\n").With("b/deep/three.txt", "3\n").With(".gitignore", "*.log\n");
        Base = Real.Commit();
        await ReopenAsync();
    }

    private protected async Task ReopenAsync()
    {
        Repository = await Real.OpenAsync();
        Trees = Repository.WorktreesIn(Real.Builds);
    }

    private protected string At(string name) => Path.Combine(Real.Builds, name);

    private protected Task<Worktree> AddAsync(string name, params string[] sparse) =>
        Trees.AddAsync(At("module-" + name), "orchestration/r1/" + name, Base, sparse.Length == 0 ? null : sparse, Token);

    private protected Task<Worktree> IntegrationAsync() => Trees.AddAsync(At("integration"), "orchestration/r1/integration", Base, sparsePaths: null, Token);

    /// <summary>A module's worktree with one file written and committed by the engine.</summary>
    private protected async Task<Worktree> BuiltAsync(string name, string path, string text)
    {
        var tree = await AddAsync(name);
        RealRepository.Write(Path.Combine(tree.Path, path), text);
        await BranchWork.CommitAllAsync(tree, "Build " + name, Token);
        return tree;
    }
}
