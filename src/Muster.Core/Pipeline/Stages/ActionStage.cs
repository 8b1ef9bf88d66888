using Muster.Agents;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>An action agent mends one finding of an audit, in a worktree of its own; what it may touch is the whole tree, since a cause may lie elsewhere.</summary>
internal sealed class ActionStage(BuildSite site) : IBuildStage
{
    public Role Role => Role.Action;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        var worktree = await ModuleWorktree.AtAsync(site, order, stop);
        var fix = site.ModuleOf(order);
        return new(worktree.Path, worktree.Path, ["Read", "Write", "Edit", "Bash", "Glob", "Grep"], new(StringComparer.Ordinal)
        {
            ["project_root"] = worktree.Path,
            ["module_description"] = fix.Description,
            ["qc_report_path"] = site.Directory.Published(Role.Qc, $"qc/{fix.Name}/{order.Ask.Round}"),
            ["test_command"] = site.TestOf(fix) is { IsEmpty: false } test ? string.Join(' ', test) : "none is named",
        });
    }

    public Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        return Task.FromResult<StepResult>(new StepResult.Built(null));
    }
}
