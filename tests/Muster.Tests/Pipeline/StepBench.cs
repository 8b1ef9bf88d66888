using System.Collections.Immutable;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Git;
using Muster.Pipeline;
using Muster.Runs;
using Muster.Tests.ContractFiles;
using Muster.Tests.Git;

namespace Muster.Tests.Pipeline;

/// <summary>The engine's own steps of a build upon a real repository, without a workflow: <c>main</c> has contracts of auth, billing and web, and nobody has it checked out.</summary>
internal sealed class StepBench : IDisposable
{
    private readonly RealRepository repository = new();
    private readonly ContractFixture contracts = new();

    /// <summary>A build that mends two findings, anywhere in the tree; else one of the modules of the contracts.</summary>
    public StepBench(bool isFix, Func<BuildHeader, BuildHeader>? change = null)
    {
        contracts.Change("modules.json", JsonSerializer.Serialize("npm test -- --dir 'src/my app'"), "\"true\"");
        ContractSet.Read(contracts.Path).WriteTo(Directory.CreateDirectory(Path.Combine(repository.Checkout, ".orchestration", "contracts")).FullName);
        repository.With("check.sh", "[ ! -e broken ]\n");
        Base = repository.Commit();
        repository.Git("checkout", "-q", "-b", "work");
        var build = new BuildHeader
        {
            What = "A shop",
            Project = "shop",
            Repository = repository.Checkout,
            BaseBranch = "main",
            BaseCommit = Base,
            Agent = "scripted",
            Fixes = isFix ? [new("fix-1", "major", "a.sh:1", "wrong", "1"), new("fix-2", "major", "b.sh:1", "wrong", "2")] : [],
        };
        var directory = RunDirectory.Create(Path.Combine(repository.Outside, "runs"), RunDirectory.NewId(TimeProvider.System));
        Site = new(
            directory,
            new()
            {
                RunId = directory.RunId,
                Goal = "A shop",
                Root = repository.Checkout,
                PlanName = "build",
                PlanSha256 = "00",
                TasksFile = "t",
                CoordinatorAgent = "scripted",
                Domains = BuildStage.All,
                Build = change?.Invoke(build) ?? build,
            },
            TimeProvider.System);
        Tests = new(TestSandbox.Find(), directory.Path, TimeSpan.FromMinutes(1), useNetwork: false);
    }

    public BuildSite Site { get; }

    public TestCommand Tests { get; }

    /// <summary>The commit that everything starts from.</summary>
    public string Base { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        repository.Dispose();
        contracts.Dispose();
    }

    public string Git(params string[] arguments) => repository.Git(arguments);

    /// <summary>A commit on the person's main, which they have checked out for just that long.</summary>
    public string CommitOnMain(string path, string text)
    {
        Git("checkout", "-q", "main");
        var commit = repository.With(path, text).Commit("by the person");
        Git("checkout", "-q", "work");
        return commit;
    }

    public StageOrder Order(string key, string? detail = null, string? commit = null, params ImmutableArray<string> inputs)
    {
        var home = Directory.CreateDirectory(Path.Combine(repository.Outside, "homes", key.Replace('/', '-'))).FullName;
        return new(key, 1, new() { Module = key.Split('/') is [_, var module, _] ? module : null, Commit = commit ?? Base, Detail = detail, Inputs = inputs }, home, []);
    }

    /// <summary>A module's worktree with these files in it, as its builder leaves them.</summary>
    public async Task<Worktree> BuiltAsync(string module, params (string Path, string Text)[] files)
    {
        await Site.IntegrationAtAsync(Base, Token);
        var worktree = await ModuleWorktree.AtAsync(Site, Order($"build/{module}/1"), Token);
        foreach (var (path, text) in files)
        {
            RealRepository.Write(Path.Combine(worktree.Path, path), text);
        }

        return worktree;
    }

    /// <summary>What a step comes to.</summary>
    public static async Task<T> ResultAsync<T>(IEngineStep step, StageOrder order)
        where T : StepResult => Assert.IsType<T>((await step.CarryOutAsync(order, Token)).Result);
}
