using System.Collections.Concurrent;
using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>Where a build's files and branches are. Nothing here writes to the person's checkout.</summary>
internal sealed class BuildSite(RunDirectory directory, RunHeader header, TimeProvider time)
{
    /// <summary>What a project remembers, in its own tree.</summary>
    public const string Memory = ".orchestration";

    private const int FewPaths = 1_000;

    private readonly System.Threading.Lock turn = new();
    private readonly ConcurrentDictionary<(string From, string To), BranchDiff> diffs = [];
    private readonly ContractCache contracts = new(directory.In("builds", "integration", Memory, "contracts"));
    private Task<GitRepository>? repository;
    private (Worktree Worktree, string Commit)? left;

    /// <summary>The run's directory.</summary>
    public RunDirectory Directory => directory;

    /// <summary>What is built.</summary>
    public BuildHeader Build => header.Build!;

    /// <summary>Id of the run.</summary>
    public string RunId => header.RunId;

    /// <summary>The branch that everything is merged into.</summary>
    public string IntegrationBranch => BranchOf("integration");

    /// <summary>Absolute path of its worktree.</summary>
    public string Integration => directory.In("builds", "integration");

    /// <summary>Absolute path of the contracts in it.</summary>
    public string Contracts => Path.Combine(Integration, Memory, "contracts");

    /// <summary>The branch of a module, or of another part of the build.</summary>
    public string BranchOf(string name) => $"orchestration/{header.RunId}/{name}";

    /// <summary>Absolute path of a module's worktree.</summary>
    public string WorktreeOf(string module) => directory.In("builds", "module-" + module);

    /// <summary>Absolute path of what an agent proposed in a step that counted, by the step's key.</summary>
    public string Proposals(string key) => directory.In("proposals", key.Replace('/', '-'));

    /// <summary>The repository.</summary>
    public Task<GitRepository> RepositoryAsync(CancellationToken stop)
    {
        lock (turn)
        {
            if (repository is null or { IsFaulted: true } or { IsCanceled: true })
            {
                repository = GitRepository.OpenAsync(Build.Repository, time, stop);
            }

            return repository;
        }
    }

    /// <summary>A worktree of the run on a branch of its own; it is made where it is missing.</summary>
    /// <param name="path">Absolute path beneath the run's <c>builds</c>.</param>
    /// <param name="branch">Short name.</param>
    /// <param name="start">Full hash of the commit that the branch starts from.</param>
    /// <param name="sparse">What to check out; null for all.</param>
    /// <param name="stop">Ends git.</param>
    public async Task<Worktree> WorktreeAsync(string path, string branch, string start, IReadOnlyList<string>? sparse, CancellationToken stop) =>
        await (await RepositoryAsync(stop)).WorktreesIn(directory.In("builds")).AddAsync(path, branch, start, sparse, stop);

    /// <summary>
    /// The integration worktree at just this commit. What an engine made after it and could not record any more is taken back: the step that
    /// made it is carried out again.
    /// </summary>
    public async Task<Worktree> IntegrationAtAsync(string commit, CancellationToken stop)
    {
        var known = left;
        left = null;
        if (known is { } there && there.Commit == commit)
        {
            return there.Worktree;
        }

        var repository = await RepositoryAsync(stop);
        var worktree = await WorktreeAsync(Integration, IntegrationBranch, Build.BaseCommit, null, stop);
        var head = await repository.Merges.RecoverAsync(worktree, commit, stop);
        if (head.Commit != commit)
        {
            await repository.Merges.UndoAsync(worktree, commit, stop);
        }

        return worktree;
    }

    /// <summary>
    /// A step leaves the integration worktree whole and at this commit, so that the next need not look at each of its files for what a killed engine left.
    /// Steps that move it run one at a time.
    /// </summary>
    public void LeaveIntegration(Worktree worktree, string commit) => left = (worktree, commit);

    /// <summary>What changed between two commits; the usual small difference is read once for everybody who asks.</summary>
    public async Task<BranchDiff> DiffAsync(string from, string to, CancellationToken stop)
    {
        if (!diffs.TryGetValue((from, to), out var diff))
        {
            diff = await BranchDiff.ReadAsync(await RepositoryAsync(stop), from, to, stop);
            if (diff.Count <= FewPaths)
            {
                diffs[(from, to)] = diff;
            }
        }

        return diff;
    }

    /// <summary>The same without a file that is in no commit: what is written there next is committed whole, and a killed engine may have written half of it.</summary>
    public async Task<Worktree> IntegrationToWriteAsync(string commit, CancellationToken stop)
    {
        var worktree = await IntegrationAtAsync(commit, stop);
        await BranchWork.RestoreAsync(worktree, commit, stop);
        return worktree;
    }

    /// <summary>The contracts of the integration worktree, which must be at a commit that has them.</summary>
    public ContractSet ReadContracts() => contracts.Read();

    /// <summary>What is built: as the contracts have it, or the findings that are to be mended.</summary>
    /// <exception cref="StageRefusedException">The contracts are not sound any more.</exception>
    public Blueprint Blueprint => !Build.Fixes.IsEmpty ? FixBlueprint.Of(Build)
        : ReadContracts().Blueprint ?? throw new StageRefusedException("the contracts are not sound any more");

    /// <summary>Program and arguments that test a module; empty where nobody named any.</summary>
    public ImmutableArray<string> TestOf(Module module) => module.TestCommand.IsEmpty ? Build.TestCommand : module.TestCommand;

    /// <summary>What no builder may touch, even beneath its own paths: what the project remembers, and what the person's git would run.</summary>
    public IReadOnlyList<string> Forbidden => Build.HooksPath is { } hooks ? [Memory, hooks] : [Memory];

    /// <summary>What a module's worktree holds: its own paths and those of what it depends on, where the person asked for that; null for all.</summary>
    public IReadOnlyList<string>? SparseOf(string name)
    {
        if (!Build.IsSparse || Blueprint is not { } blueprint || blueprint.Find(name) is not { } module)
        {
            return null;
        }

        return [Memory + "/", .. module.Paths, .. module.DependsOn.SelectMany(other => blueprint.Find(other)!.Paths)];
    }

    /// <summary>The module of a step.</summary>
    /// <exception cref="StageRefusedException">The contracts have none of that name any more.</exception>
    public Module ModuleOf(StageOrder order) => Blueprint.Find(order.Module)
        ?? throw new StageRefusedException($"the contracts have no module {order.Module}");
}
