using Muster.Agents;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>The skeleton: laid in a worktree of its own, held against modules.json by code, then merged.</summary>
internal sealed class ScaffoldStage(BuildSite site) : IBuildStage
{
    public Role Role => Role.Scaffolder;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var home = (await AtAsync(order, stop)).Path;
        var blueprint = site.Blueprint;
        return new(home, home, ["Read", "Grep", "Glob", "Write", "Edit", "Bash"], new(StringComparer.Ordinal)
        {
            ["project_root"] = home,
            ["ordered_module_list"] = ContractList.Modules(blueprint, blueprint.BuildOrder, module => string.Join(", ", module.Paths)),
            ["context_files"] = ContractList.Of(home, blueprint.Contracts),
        });
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var start = order.Ask.Commit!;
        var worktree = await AtAsync(order, stop);
        var head = await BranchWork.CommitAllAsync(worktree, $"Scaffold\n\nRun {site.RunId}.", stop);
        var repository = await site.RepositoryAsync(stop);
        var diff = await BranchDiff.ReadAsync(repository, start, head.Commit, stop);
        if (await CommittedSecrets.InAsync(repository, worktree, diff, stop) is { Count: > 0 } secrets)
        {
            await BranchWork.TakeBackAsync(worktree, head.Commit, start, stop); // The next attempt goes on from here.
            throw new StageRefusedException("the skeleton has secrets in it: " + string.Join("; ", secrets.Take(30)));
        }

        var blueprint = site.Blueprint;
        var missing = blueprint.Modules.SelectMany(module => module.Paths)
            .Where(path => !(path.EndsWith('/') ? HasFile(Path.Combine(worktree.Path, path)) : File.Exists(Path.Combine(worktree.Path, path))))
            .Select(path => $"{path} of modules.json has nothing in it").ToList();
        var problems = diff.Count == 0 && missing.Count == 0
            ? [] // A feature of something whose skeleton stands.
            : DiffRules.Check(diff, ["."], site.Forbidden).Concat(missing).ToList();
        if (problems.Count > 0)
        {
            throw new StageRefusedException("the skeleton does not match the contracts: " + string.Join("; ", problems.Take(30)));
        }

        var integration = await site.IntegrationAtAsync(start, stop);
        return await repository.Merges.MergeAsync(integration, head.Commit, $"Merge the scaffold\n\nRun {site.RunId}.", stop) switch
        {
            MergeOutcome.Merged merged => new StepResult.Moved(merged.Commit),
            MergeOutcome.AlreadyMerged there => new StepResult.Moved(there.Commit),
            _ => throw new StageRefusedException("the skeleton does not merge with what it was laid upon"),
        };
    }

    /// <summary>Each round in a worktree of its own; an attempt goes on from what the one before it left.</summary>
    private Task<Worktree> AtAsync(StageOrder order, CancellationToken stop)
    {
        var name = order.Ask.Round > 1 ? $"scaffold_{order.Ask.Round}" : "scaffold"; // No module has an underscore in its name.
        return site.WorktreeAsync(site.Directory.In("builds", name), site.BranchOf(name), order.Ask.Commit!, null, stop);
    }

    private static bool HasFile(string directory) =>
        Directory.Exists(directory) && Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Any();
}
