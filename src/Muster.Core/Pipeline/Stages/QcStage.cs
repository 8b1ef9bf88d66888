using System.Collections.Immutable;
using System.Text;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>Somebody else than its builder reads a module. The verdict is code's: the worst finding whose place exists.</summary>
internal sealed class QcStage(BuildSite site) : IBuildStage
{
    private const int MostPaths = 200;

    public Role Role => Role.Qc;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        var module = site.ModuleOf(order);
        var worktree = site.WorktreeOf(module.Name);
        var asked = QcAsk.Parse(order.Ask.Detail!);
        var diff = await site.DiffAsync(asked.Start, order.Ask.Commit!, stop);
        var paths = diff.Paths.Take(MostPaths).Select(p => $"- {p.Status} {DisplayText.Clean(p.Path)} (+{p.Added} -{p.Deleted})");
        var ignored = asked.Ignored.Select(path => $"- ignored by git, so that it was there for the test and is in no commit: {DisplayText.Clean(path)}");
        return new(worktree, null, ["Read", "Grep", "Glob"], new(StringComparer.Ordinal)
        {
            ["project_root"] = worktree,
            ["module_name"] = module.Name,
            ["module_code_path"] = worktree,
            ["changed_files"] = string.Join('\n', paths.Concat(ignored)) + (diff.Count > MostPaths ? $"\n- and {diff.Count - MostPaths:N0} more" : string.Empty),
            ["context_files"] = ContractList.Of(worktree, site.Blueprint.ContractsFor(module.Name), "contracts/locks.json"),
            ["test_command"] = site.TestOf(module) is { IsEmpty: false } test ? string.Join(' ', test) : "none is named",
            ["qc_report_path"] = site.Directory.Published(Role.Qc, order.Key),
        });
    }

    public Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var file = WorkerFile.Parse(report);
        var evidence = EvidenceCheck.Check(task.Root, [], file.Findings);
        var grounded = file.Findings.Where((_, i) => evidence[i].IsGrounded).ToImmutableArray();
        var verdict = grounded.Any(f => f.Severity is Severity.Critical) ? QcVerdict.FailCritical
            : grounded.Any(f => f.Severity is Severity.Major) ? QcVerdict.FailMajor
            : QcVerdict.Pass;
        var minor = grounded.Where(f => f.Severity is Severity.Minor).ToList();
        var backlog = site.Directory.In("qc", $"{order.Module}-backlog.md");
        if (minor.Count > 0 || File.Exists(backlog)) // An earlier round's would name what is no more.
        {
            // Nobody is held up by these, and nobody has to find them again.
            Publisher.Write(backlog, Encoding.UTF8.GetBytes($"# Backlog of {order.Module}\n\n{(minor.Count > 0 ? Lines(minor) : "Nothing.")}\n"));
        }

        return Task.FromResult<StepResult>(new StepResult.Examined(verdict, Lines(grounded.Where(f => f.Severity is not Severity.Minor)), minor.Count));
    }

    private static string Lines(IEnumerable<Finding> findings) =>
        SecretMask.Apply(string.Join('\n', findings.Select(f => "- " + ReportText.Line(WorkerFile.RenderFinding(f).TrimStart('-', ' ')))));
}
