using Muster.Git;

namespace Muster.Tests.Git;

/// <summary>What a build cannot work with is named before anything is made. Fault 74.</summary>
public sealed class PreflightTests : BuildTest
{
    [Fact]
    public async Task An_ordinary_repository_has_no_problem()
    {
        await StartAsync();

        var preflight = await Repository.PreflightAsync(null, Token);

        Assert.Empty(preflight.Problems);
        Assert.Equal(("main", Base, false), (preflight.BaseBranch, preflight.BaseCommit, preflight.IsGreenfield));
    }

    [Theory]
    [InlineData("detached", true)]
    [InlineData("submodules", true)]
    [InlineData("lfs", true)]
    [InlineData("filter", true)]
    [InlineData("merge-driver", false)]
    [InlineData("partial-clone", true)]
    [InlineData("core-worktree", true)]
    [InlineData("branch-name", true)]
    [InlineData("dirty", false)]
    [InlineData("sparse", false)]
    public async Task It_is_named_in_a_full_sentence(string what, bool isRefusal)
    {
        await StartAsync();
        Make(what);
        await ReopenAsync();

        var preflight = await Repository.PreflightAsync(null, Token);

        var problem = Assert.Single(preflight.Problems);
        Assert.Equal(what == "lfs" ? "filter" : what, problem.Thing);
        Assert.Equal((isRefusal, !isRefusal), (problem.IsRefusal, preflight.IsPossible));
        Assert.All((string[])[problem.Message, problem.NextStep], text => Assert.EndsWith(".", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("worktreeConfig")]
    [InlineData("shallow")]
    [InlineData("unconfigured-filter")]
    [InlineData("linked-worktree")]
    public async Task It_is_supported_and_a_module_is_built_and_merged_there(string what)
    {
        await StartAsync();
        Make(what);
        Repository = await GitRepository.OpenAsync(what is "shallow" or "linked-worktree" ? Path.Combine(Real.Outside, what, "a") : Real.Checkout, TimeProvider.System, Token);
        Trees = Repository.WorktreesIn(Real.Builds);
        var preflight = await Repository.PreflightAsync(null, Token);
        Assert.Empty(preflight.Problems);
        Base = preflight.BaseCommit!;

        var integration = await IntegrationAsync();
        var tree = await AddAsync("a", "a");
        RealRepository.Write(Path.Combine(tree.Path, "a/new.txt"), "x");
        var commit = (await BranchWork.CommitAllAsync(tree, "m", Token)).Commit;

        Assert.IsType<MergeOutcome.Merged>(await Repository.Merges.MergeAsync(integration, commit, "m", Token));
        Assert.Equal("x", File.ReadAllText(Path.Combine(integration.Path, "a/new.txt")));
    }

    [Fact]
    public async Task Hooks_that_lie_in_the_tree_are_named_so_that_no_module_writes_there()
    {
        await StartAsync();
        Real.Git("config", "core.hooksPath", ".husky");

        Assert.Equal(".husky", (await Repository.PreflightAsync(null, Token)).HooksPath);
    }

    [Fact]
    public async Task A_repository_with_files_and_no_commit_a_directory_without_one_and_a_bare_one_are_refused()
    {
        using var temp = new TempDirectory();
        var unborn = Directory.CreateDirectory(Path.Combine(temp.Path, "unborn")).FullName;
        RealRepository.GitIn(unborn, "init", "-q");
        File.WriteAllText(Path.Combine(unborn, "file"), "x");
        var problem = Assert.Single((await (await OpenAsync(unborn)).PreflightAsync(null, Token)).Problems);
        Assert.Equal(("no-commit", true), (problem.Thing, problem.IsRefusal));

        var plain = Directory.CreateDirectory(Path.Combine(temp.Path, "plain")).FullName;
        File.WriteAllText(Path.Combine(plain, "file"), "x");
        await Assert.ThrowsAsync<GitException>(() => OpenAsync(plain));
        Assert.False(Directory.Exists(Path.Combine(plain, ".git")));

        RealRepository.GitIn(temp.Path, "init", "-q", "--bare", "bare");
        Assert.Contains("bare", (await Assert.ThrowsAsync<GitException>(() => OpenAsync(Path.Combine(temp.Path, "bare")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_branch_that_is_not_there_is_refused()
    {
        await StartAsync();

        Assert.Equal("no-commit", Assert.Single((await Repository.PreflightAsync("nowhere", Token)).Problems).Thing);
    }

    private static Task<GitRepository> OpenAsync(string path) => GitRepository.OpenOrCreateAsync(path, TimeProvider.System, Token);

    private void Make(string what)
    {
        switch (what)
        {
            case "detached":
                Real.Git("checkout", "-q", "--detach");
                break;
            case "submodules":
                Real.Git("update-index", "--add", "--cacheinfo", "160000," + Base + ",sub");
                Real.Git("commit", "-q", "-m", "sub");
                break;
            case "lfs":
                Real.With("b/.gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n").Commit();
                break;
            case "filter":
                Real.With("b/.gitattributes", "*.bin filter=crypt\n").Commit();
                Real.Git("config", "filter.crypt.clean", "cat");
                break;
            case "merge-driver":
                Real.With("b/.gitattributes", "*.bin merge=ours\n").Commit();
                Real.Git("config", "merge.ours.driver", "true");
                break;
            case "partial-clone":
                Real.Git("config", "remote.origin.promisor", "true");
                break;
            case "core-worktree":
                Real.Git("config", "core.worktree", Real.Checkout);
                break;
            case "branch-name":
                Real.Git("branch", "orchestration");
                break;
            case "dirty":
                Real.With("a/one.txt", "changed");
                break;
            case "sparse":
                Real.Git("sparse-checkout", "set", "a");
                break;
            case "worktreeConfig":
                Real.Git("config", "extensions.worktreeConfig", "true");
                Real.Git("config", "--worktree", "core.autocrlf", "false");
                break;
            case "shallow":
                Real.Commit("second");
                RealRepository.GitIn(Real.Outside, "clone", "-q", "--depth=1", "file://" + Real.Checkout, "shallow");
                break;
            case "unconfigured-filter":
                Real.With(".gitattributes", "*.bin filter=nobody\n").Commit();
                break;
            case "linked-worktree":
                Real.Git("worktree", "add", "-q", "-b", "linked", Path.Combine(Real.Outside, "linked-worktree"));
                break;
            default:
                throw new ArgumentException(what, nameof(what));
        }
    }
}
