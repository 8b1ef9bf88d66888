using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Reports;

/// <summary>Builds a run's report from its state and its published files, each checked against its seal.</summary>
public static class RunReportBuilder
{
    /// <summary>The report of a run as it stands. Files are read one after the other; a million workers cost no memory.</summary>
    /// <param name="run">The run; it need not be finished.</param>
    /// <param name="directory">Where its files lie.</param>
    /// <param name="options">Baseline, limits and what the state does not say yet.</param>
    /// <param name="cancellationToken">Stops between workers.</param>
    public static RunReport Build(RunState run, RunDirectory directory, ReportOptions options, CancellationToken cancellationToken)
    {
        var ledger = new FindingLedger(options.Baseline, run.Table.Domains.Length, options.MostFindings);
        var (notes, broken, gaps) = (new CappedListBuilder(options.MostNotes), new CappedListBuilder(options.MostNotes), new CappedListBuilder(options.MostNotes));
        var checkedNow = 0;
        for (var step = 0; step < run.Table.Count; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (GapReason(run, step) is { } reason)
            {
                gaps.Add(GapId(run, step), reason);
            }
            else if (step < run.Table.WorkerCount && options.MayHaveFindings?.Invoke(step) is not false)
            {
                checkedNow += Read(run, directory, options, step, ledger, notes, broken) ? 1 : 0;
            }
        }

        var status = options.Status ?? (run is { Status: RunStatus.Running, OpenSteps: 0 } ? RunDecider.OutcomeOf(run) : run.Status);
        if (status is RunStatus.Complete && broken.Count > 0)
        {
            status = RunStatus.CompleteWithGaps;
        }

        var domains = run.Table.Domains.Select((id, i) =>
            new DomainReport(id, TitleOf(run, id), run.CensusOf(i), ledger.CountsOf(i))).ToImmutableArray();
        return new()
        {
            RunId = run.Header.RunId,
            Goal = run.Header.Goal,
            Tree = run.Header.Tree,
            Agents = run.Table.Agents,
            Status = status,
            Outcome = Words(status),
            PlannedAt = run.PlannedAt,
            LastAt = run.LastAt,
            Wall = run.Wall,
            Census = run.Census,
            Coordinators = run.Coordinators,
            Domains = domains,
            Counts = domains.Aggregate(default(FindingCounts), (sum, one) => sum.Plus(one.Findings)),
            Findings = ledger.List(FindingStanding.Counted),
            Ungrounded = ledger.List(FindingStanding.Ungrounded),
            Suppressed = ledger.List(FindingStanding.Suppressed),
            Notes = notes.ToList(),
            Gaps = gaps.ToList(),
            Broken = broken.ToList(),
            Attempts = run.Attempts,
            Cost = CostReport.Of(run),
            ParentTokens = options.ParentTokens ?? run.Finish?.ParentTokens,
            FlatTokens = run.FlatTokens,
            Remarks = [.. options.Remarks, .. Remarks(options, ledger, checkedNow)],
        };
    }

    /// <summary>Why a step is a gap, in words; null when it is verified.</summary>
    internal static string? GapReason(RunState run, int step) => run[step].Status switch
    {
        StepStatus.Verified => null,
        StepStatus.Failed => "failed: " + (run.ReasonOf(step) ?? "no reason was recorded"),
        StepStatus.Skipped => "skipped: " + (run.ReasonOf(step) ?? "no reason was recorded"),
        _ => "not finished" + (run.ReasonOf(step) is { } reason ? ": " + reason : string.Empty),
    };

    /// <summary>How a report names a step: a worker by its task's id, a synthesis by its key.</summary>
    internal static string GapId(RunState run, int step) => run.Table[step].Role is Role.Worker ? run.Table[step].Id : run.Table[step].Key;

    private static bool Read(
        RunState run, RunDirectory directory, ReportOptions options, int step,
        FindingLedger ledger, CappedListBuilder notes, CappedListBuilder broken)
    {
        var id = run.Table[step].Id;
        var (attempt, length, sha256) = (run[step].VerifiedAttempt, run[step].Length, run[step].Sha256.ToString());
        WorkerFile file;
        try
        {
            file = WorkerFile.Parse(SealedFile.Read(directory.Published(Role.Worker, id), new(id, attempt, length, sha256)));
        }
        catch (SealException e)
        {
            broken.Add(id, e.Message);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            broken.Add(id, $"Its published file cannot be read: {e.Message}");
            return false;
        }

        foreach (var note in file.Notes)
        {
            notes.Add(id, note);
        }

        if (file.Findings.IsEmpty)
        {
            return false;
        }

        var stored = EvidenceFile.Read(directory.Evidence(id), sha256, file.Findings.Length);
        var evidence = stored ?? EvidenceCheck.Check(run.Header.Root, options.Tasks?.Invoke(step).Scope ?? [], file.Findings);
        ledger.Add(id, run.Table[step].Domain, file.Findings, evidence);
        return stored is null;
    }

    private static IEnumerable<string> Remarks(ReportOptions options, FindingLedger ledger, int checkedNow)
    {
        if (checkedNow > 0)
        {
            yield return $"The findings of {checkedNow:N0} {(checkedNow == 1 ? "task" : "tasks")} were checked when this report was written, "
                + "against the tree as it was then: what had been seen when they were verified is not on record.";
        }

        if (options.Baseline is { } baseline && baseline.Count > ledger.BaselineMatched)
        {
            yield return $"{baseline.Count - ledger.BaselineMatched:N0} of the {baseline.Count:N0} findings in the baseline were not found any more.";
        }
    }

    private static string TitleOf(RunState run, string id) => run.Header.Domains.FirstOrDefault(d => d.Id == id)?.Title ?? id;

    private static string Words(RunStatus status) => status switch
    {
        RunStatus.Complete => "Complete",
        RunStatus.CompleteWithGaps => "Complete with gaps",
        RunStatus.Failed => "Failed",
        RunStatus.Cancelled => "Cancelled",
        RunStatus.Paused => "Paused",
        RunStatus.AwaitingHuman => "Awaiting a human",
        _ => "Not finished",
    };
}
