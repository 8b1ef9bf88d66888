using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Reports;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Reports;

/// <summary>A run in a temporary directory whose workers wrote what a test says.</summary>
internal sealed class ReportRun : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("muster-report-").FullName;
    private readonly RunState run;
    private readonly DateTimeOffset start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public ReportRun(string goal, params string[] taskIds)
    {
        Root = Path.Combine(path, "tree");
        Directory.CreateDirectory(Root);
        Files = RunDirectory.Create(Path.Combine(path, "runs"), "20260102-030405-0a1b2c3d");
        Files.LayOut(taskIds.Length);
        var header = new RunHeader
        {
            RunId = Files.RunId,
            Goal = goal,
            Root = Root,
            PlanName = "plan.yaml",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            CoordinatorAgent = "inspect",
            Domains = [new("one", "Domain <one> | `x`"), new("two", "Two")],
        };
        var tree = new SynthesisTree(header);
        foreach (var id in taskIds)
        {
            tree.AddWorker(id, id.StartsWith("two", StringComparison.Ordinal) ? "two" : "one", Tier.Haiku, "inspect", default, null, []);
        }

        run = new(tree.Build());
        Evolve(new RunEvent.RunPlanned(header, taskIds.Length, "00"));
    }

    public string Root { get; }

    public RunDirectory Files { get; }

    public RunState State => run;

    public void Dispose() => Directory.Delete(path, recursive: true);

    public void Source(string name, string text)
    {
        var full = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    public Seal Verified(string id, string findings, string title = "Title", bool withEvidence = true)
    {
        Evolve(new RunEvent.AttemptStarted("worker/" + id, 1, "inspect", new string('0', 64), 0, 0, 0m));
        var text = $"# {title}\n\n## Findings\n\n{findings}\n\n<!-- DONE -->\n";
        var seal = Publisher.Publish(text, Files.Published(Role.Worker, id), id, 1);
        if (withEvidence)
        {
            EvidenceFile.Write(Files.Evidence(id), seal.Sha256, EvidenceCheck.Check(Root, [], WorkerFile.Parse(text).Findings));
        }

        Evolve(new RunEvent.AttemptVerified("worker/" + id, 1, seal.Length, seal.Sha256, 100, "line", new(10, 5, 0.5m), null));
        return seal;
    }

    public void Failed(string id, string reason)
    {
        Evolve(new RunEvent.AttemptStarted("worker/" + id, 1, "inspect", new string('0', 64), 0, 0, 0m));
        Evolve(new RunEvent.AttemptFailed("worker/" + id, 1, FailureClass.Agent, reason, Usage.None, null));
    }

    public RunReport Build(Baseline? baseline = null, int mostFindings = 10_000, ImmutableArray<string> remarks = default) =>
        RunReportBuilder.Build(
            run, Files,
            new() { Baseline = baseline, MostFindings = mostFindings, Remarks = remarks.IsDefault ? [] : remarks, ParentTokens = 1_234 },
            CancellationToken.None);

    public ImmutableArray<(string Name, string Text)> WriteAll(RunReport report)
    {
        ReportFiles.Write(report, run, Files);
        return [.. new[] { "report.md", "report.html", "report.sarif", "gaps.md" }.Select(n => (n, File.ReadAllText(Files.In(n))))];
    }

    private void Evolve(RunEvent e) => run.Evolve(new(run.Version + 1, 1, start.AddSeconds(run.Version), e));
}
