using Muster.Agents;
using Muster.Artefacts;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>Changelog, documents and version: anything but the modules, in a worktree of its own, then merged.</summary>
internal sealed class ShipperStage(BuildSite site) : IBuildStage
{
    public Role Role => Role.Shipper;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var (worktree, branch) = PlaceOf(order);
        await site.WorktreeAsync(worktree, branch, order.Ask.Commit!, null, stop);
        var blueprint = site.Blueprint;
        return new(worktree, worktree, ["Read", "Grep", "Glob", "Write", "Edit"], new(StringComparer.Ordinal)
        {
            ["project_root"] = worktree,
            ["project_name"] = blueprint.Project,
            ["project_description"] = site.Build.What,
            ["ordered_module_list_with_branches"] = ContractList.Modules(blueprint, blueprint.AssemblyOrder, m => $"{ReportText.Line(m.Description, 200)} ({site.BranchOf(m.Name)})"),
            ["harden_summary"] = order.Ask.Detail is { } harden && File.Exists(site.Directory.Published(Role.Engine, harden)) ? await File.ReadAllTextAsync(site.Directory.Published(Role.Engine, harden), stop) : "It did not end.",
        });
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var start = order.Ask.Commit!;
        var (path, branch) = PlaceOf(order);
        var worktree = await site.WorktreeAsync(path, branch, start, null, stop);
        var head = await BranchWork.CommitAllAsync(worktree, $"Prepare the release\n\nRun {site.RunId}, {order.Key}.", stop);
        if (head.Commit == start)
        {
            return new StepResult.Moved(start);
        }

        var repository = await site.RepositoryAsync(stop);
        var diff = await BranchDiff.ReadAsync(repository, start, head.Commit, stop);
        if (DiffRules.Check(diff, ["."], [.. site.Forbidden, .. site.Blueprint.Modules.SelectMany(m => m.Paths)])
            .Concat(await CommittedSecrets.InAsync(repository, worktree, diff, stop)).ToList() is { Count: > 0 } broken)
        {
            throw new StageRefusedException("it changed what it may not: " + string.Join("; ", broken.Take(30)));
        }

        var integration = await site.IntegrationAtAsync(start, stop);
        return await repository.Merges.MergeAsync(integration, head.Commit, $"Merge the release's preparation\n\nRun {site.RunId}.", stop) is MergeOutcome.Merged merged
            ? new StepResult.Moved(merged.Commit)
            : throw new StageRefusedException("what it prepared does not merge");
    }

    /// <summary>Each attempt begins anew: what an earlier one was refused for must not come along. No module has an underscore in its name.</summary>
    private (string Worktree, string Branch) PlaceOf(StageOrder order) =>
        (site.Directory.In("builds", $"ship_{order.Ask.Round}_{order.Attempt}"), site.BranchOf($"ship_{order.Ask.Round}_{order.Attempt}"));
}
