using System.Collections.Immutable;
using System.Text;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>A builder writes one module in a worktree of its own. Whether that counts is decided after it, by the check.</summary>
internal sealed class BuilderStage(BuildSite site) : IBuildStage
{
    /// <summary>What a builder that cannot meet a contract returns, as the specification has it.</summary>
    public const string Blocked = "BLOCKED. Contract conflict:";

    public Role Role => Role.Builder;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        var worktree = await ModuleWorktree.AtAsync(site, order, stop);
        var module = site.ModuleOf(order);
        var contracts = site.ReadContracts();
        return new(worktree.Path, worktree.Path, ["Read", "Write", "Edit", "Bash", "Glob", "Grep"], new(StringComparer.Ordinal)
        {
            ["project_root"] = worktree.Path,
            ["module_name"] = module.Name,
            ["module_description"] = module.Description,
            ["module_paths"] = string.Join(", ", module.Paths),
            ["context_files"] = ContractList.Of(worktree.Path, contracts.Blueprint!.ContractsFor(module.Name), $"brains/builder-{module.Name}.md", "contracts/locks.json"),
            ["lock_assertions"] = contracts.Locks.AssertionsFor(module.Name) is { Count: > 0 } locks
                ? string.Join('\n', locks.Select(l => $"- [{l.Level.ToString().ToLowerInvariant()}] {l.Id}: {ReportText.Line(l.Assertion)}"))
                : "None.",
            ["qc_report_path"] = site.Directory.Published(Role.Qc, $"qc/{module.Name}/{order.Ask.Round}"),
            ["test_command"] = site.TestOf(module) is { IsEmpty: false } test ? string.Join(' ', test) : "none is named",
            ["training_output_path"] = order.Beside("training.jsonl"),
        });
    }

    public Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var proposals = site.Proposals(order.Key);
        foreach (var name in ImmutableArray.Create("brain.md", "training.jsonl"))
        {
            ProposedFile.Keep(order.Home, name, proposals);
        }

        if (!line.StartsWith(Blocked, StringComparison.Ordinal))
        {
            return Task.FromResult<StepResult>(new StepResult.Built(null));
        }

        var says = ReportText.Line(line[Blocked.Length..], 500);
        var conflict = ProposedFile.Keep(order.Home, "conflict.md", proposals)
            ?? throw new StageRefusedException("it says that it is blocked and has not written conflict.md");
        Publisher.Write(site.Directory.In("conflicts", $"{order.Module}-{order.Ask.Round}.md"), Encoding.UTF8.GetBytes(DisplayText.Clean(conflict)));
        return Task.FromResult<StepResult>(new StepResult.Built($"Contract conflict: {says}"));
    }
}
