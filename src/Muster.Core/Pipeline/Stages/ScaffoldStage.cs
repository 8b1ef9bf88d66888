using Muster.Agents;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>The skeleton: laid in a worktree of its own, held against modules.json by code, then merged.</summary>
internal sealed class ScaffoldStage(BuildSite site) : IBuildStage
{
    public Role Role => Role.Scaffolder;

    private string Home => site.Directory.In("builds", "scaffold");

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        await site.WorktreeAsync(Home, site.BranchOf("scaffold"), order.Ask.Commit!, null, stop);
        var blueprint = site.Blueprint;
        return new(Home, Home, ["Read", "Grep", "Glob", "Write", "Edit", "Bash"], new(StringComparer.Ordinal)
        {
            ["project_root"] = Home,
            ["ordered_module_list"] = ContractList.Modules(blueprint, blueprint.BuildOrder, module => string.Join(", ", module.Paths)),
            ["context_files"] = ContractList.Of(Home, blueprint.Contracts),
        });
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var start = order.Ask.Commit!;
        var worktree = await site.WorktreeAsync(Home, site.BranchOf("scaffold"), start, null, stop);
        var head = await BranchWork.CommitAllAsync(worktree, $"Scaffold\n\nRun {site.RunId}.", stop);
        var repository = await site.RepositoryAsync(stop);
        var diff = await BranchDiff.ReadAsync(repository, start, head.Commit, stop);
        var blueprint = site.Blueprint;
        var missing = blueprint.Modules.SelectMany(module => module.Paths)
            .Where(path => !(path.EndsWith('/') ? HasFile(Path.Combine(Home, path)) : File.Exists(Path.Combine(Home, path))))
            .Select(path => $"{path} of modules.json has nothing in it").ToList();
        var problems = diff.Count == 0 && missing.Count == 0
            ? [] // A feature of something whose skeleton stands.
            : DiffRules.Check(diff, ["."], [BuildSite.Memory]).Concat(missing).ToList();
        if (problems.Count > 0)
        {
            throw new StageRefusedException("the skeleton does not match the contracts: " + string.Join("; ", problems.Take(30)));
        }

        var integration = await site.IntegrationAtAsync(start, stop);
        return await repository.Merges.MergeAsync(integration, site.BranchOf("scaffold"), $"Merge the scaffold\n\nRun {site.RunId}.", stop) switch
        {
            MergeOutcome.Merged merged => new StepResult.Moved(merged.Commit),
            MergeOutcome.AlreadyMerged there => new StepResult.Moved(there.Commit),
            _ => throw new StageRefusedException("the skeleton does not merge with what it was laid upon"),
        };
    }

    private static bool HasFile(string directory) =>
        Directory.Exists(directory) && Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Any();
}
