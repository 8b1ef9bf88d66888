using System.Collections.Immutable;
using System.CommandLine;
using Muster.Artefacts;
using Muster.Git;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster fix</c>: action agents mend findings of an audit, each on a branch of its own.</summary>
internal static class FixCommand
{
    public static Command Create()
    {
        var run = SharedOptions.Run();
        var top = new Option<int>("--top") { Description = "How many findings, the worst first.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var work = new WorkOptions();
        var command = new Command(
            "fix", "Mend findings of an audit: one agent, worktree and branch each, tests, QC, assembly in order, and a person before anything reaches the base branch.\n\n"
            + "Example: muster fix --top 5 --agent claude --test-command \"npm test\"")
        {
            run, top,
        };
        work.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            var runs = work.RunsOf(args);
            var directory = RunsRoot.Find(runs, args.GetValue(run));
            if (args.GetValue(top) is < 1 or > 100)
            {
                throw CliException.NoCount("--top", 1, 100);
            }

            var (root, fixes) = FindingsOf(directory, args.GetValue(top));
            var repository = await GitRepository.OpenAsync(root, TimeProvider.System, cancellationToken);
            var below = Path.GetRelativePath(repository.Checkout, root).Replace('\\', '/');
            fixes = [.. fixes.Select(fix => below == "." || fix.Location == "." ? fix : fix with { Location = $"{below}/{fix.Location}" })];
            var request = work.Request($"Mend {fixes.Length} findings of run {directory.RunId}", repository.Checkout, args) with { Fixes = fixes };
            return await BuildCommand.GoAsync(request, runs, work.DriveOptionsOf(args), cancellationToken);
        });
        return command;
    }

    private static (string Root, ImmutableArray<FixOrder> Fixes) FindingsOf(RunDirectory directory, int most)
    {
        using var reader = RunReader.Open(directory);
        var state = reader.Run;
        if (state.Header.Build is not null)
        {
            throw CliException.NotAnAudit(state.Header.RunId);
        }

        var report = RunReportBuilder.Build(
            state, directory, new() { Tasks = step => reader.Tasks[step], MayHaveFindings = step => state[step].HasBullets, Baseline = BaselineOf(directory) }, CancellationToken.None);
        ImmutableArray<FixOrder> fixes =
        [
            .. report.Findings.Listed.Take(most).Select((finding, i) => new FixOrder(
                $"fix-{i + 1}", finding.Finding.Severity.ToString().ToLowerInvariant(), finding.Finding.Location, ReportText.Line(finding.Finding.Message, 1_000), finding.Fingerprint)),
        ];
        return fixes.IsEmpty ? throw CliException.NothingToFix(state.Header.RunId) : (state.Header.Root, fixes);
    }

    private static Baseline? BaselineOf(RunDirectory directory) => File.Exists(directory.Baseline) ? Baseline.Load(directory.Baseline) : null;
}
