using System.Text.RegularExpressions;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Dispatch;

/// <summary>Judges what an agent left: the artefact decides, not the message. What counts is published and sealed.</summary>
/// <remarks>Thread-safe. A fault of the machine is let through as it is, and judging again is then right: publishing twice gives the same file.</remarks>
internal sealed class AttemptJudge(StepTable table, RunHeader header, RunDirectory directory, DispatchOptions options)
{
    private const int MaxSaid = 64 * 1024;
    private const string SentBackName = "sent-back.txt";

    private VerifyRules Rules => new() { MaxBytes = options.MaxOutputBytes };

    /// <summary>What an agent said, as it may be written: clean, secrets masked.</summary>
    public static string Shown(string said) => SecretMask.Apply(DisplayText.Clean(said.Length > MaxSaid ? said[..MaxSaid] : said));

    /// <summary>Why an attempt does not count whatever it left; null when its file decides.</summary>
    public static Judgement.Rejected? WhyNot(AgentTask task, AgentWork work) => work.Ended is { } reason
        ? new Judgement.Rejected(reason)
        : work.Finished switch
        {
            null => new Judgement.Rejected("the agent ended without a word"),
            { Failure: { } failure } => new Judgement.Rejected(failure),
            { ReturnLine: var line } when line.StartsWith("Failed.", StringComparison.Ordinal) =>
                new Judgement.Rejected(SummaryText.OneLine(line, "its transcript")),
            { ToolCalls: 0 } when task.Spec is { Tools.IsEmpty: false } =>
                new Judgement.Rejected("it was given tools and called none"),
            _ => null,
        };

    /// <summary>Whether the attempt left a file that would be verified.</summary>
    public bool IsComplete(AgentTask task) => Verifier.Verify(task.Directory, Rules) is Verdict.Verified;

    /// <summary>The judgement on an attempt whose agent has ended.</summary>
    /// <exception cref="IOException">The machine failed; the work may be judged again.</exception>
    public Judgement Judge(AttemptOrder order, in StepRow row, AgentTask task, AgentWork work)
    {
        var judgement = JudgeWork(order, row, task, work);
        if (judgement is Judgement.Rejected && work.Finished?.Output is { } output)
        {
            Keep(task, output);
        }

        return judgement is Judgement.Rejected { Failure: { Class: FailureClass.Agent } failure } && SentBack(order, row) is { } earlier
            ? AcceptSentBack(order, row, task with { Directory = earlier }, failure.Reason, work.Usage) ?? judgement
            : judgement;
    }

    private Judgement JudgeWork(AttemptOrder order, in StepRow row, AgentTask task, AgentWork work)
    {
        try
        {
            return WhyNot(task, work) ?? JudgeFile(order, row, task, work.Finished!, work.Usage);
        }
        catch (RegexMatchTimeoutException)
        {
            return new Judgement.Rejected("its text takes too long to read: it repeats itself in a way that no report does");
        }
    }

    private Judgement JudgeFile(AttemptOrder order, in StepRow row, AgentTask task, AgentReport.Finished finished, Usage usage)
    {
        var verdict = finished.Output is { } output ? Verifier.Judge(output, Rules) : Verifier.Verify(task.Directory, Rules);
        if (verdict is not Verdict.Verified verified)
        {
            return new Judgement.Rejected(((Verdict.Rejected)verdict).Reason);
        }

        if (row.Role is Role.Worker)
        {
            return Publish(order, row, task, verified.Text, finished, finished.Warning, usage);
        }

        var below = WorkersBelow(order.Step);
        if ((Citations.Fault(verified.Text, below) ?? Citations.FaultOfSummary(finished.ReturnLine, below)) is { } fault)
        {
            return new Judgement.Rejected(fault);
        }

        if (order.MaySendBack
            && (SummaryText.TooLong(finished.ReturnLine) ?? Denominator.Fault(finished.ReturnLine, task.Verified, task.Planned)) is { } unfit
            && SentBack(order, row) is null)
        {
            Directory.CreateDirectory(task.Directory);
            File.WriteAllText(Path.Combine(task.Directory, SentBackName), finished.ReturnLine);
            return new Judgement.Rejected(unfit);
        }

        var unnamed = Citations.Unnamed(verified.Text, task.Inputs.Where(input => !input.TaskId.Contains('/')).Select(input => input.TaskId));
        var warning = finished.Warning ?? (unnamed.IsEmpty ? null : $"it names nothing of: {string.Join(", ", unnamed)}");
        return Publish(order, row, task, verified.Text, finished, warning, usage);
    }

    /// <summary>What was handed over and does not count is kept where that of other agents lies: for people, and for a summary that is sent back.</summary>
    private static void Keep(AgentTask task, string output)
    {
        Directory.CreateDirectory(task.Directory);
        File.WriteAllText(task.OutputPath, output);
    }

    /// <summary>The directory of an earlier attempt whose synthesis was good and whose summary was sent back; null when there is none.</summary>
    private string? SentBack(AttemptOrder order, in StepRow row)
    {
        for (var attempt = order.Attempt - 1; attempt > 0 && row.Role is Role.Coordinator; attempt--)
        {
            if (directory.Attempt(row.Role, row.Id, attempt) is var earlier && File.Exists(Path.Combine(earlier, SentBackName)))
            {
                return earlier;
            }
        }

        return null;
    }

    /// <summary>What was sent back for its summary alone stands, cut and corrected, when the attempt after it does worse: it was paid for.</summary>
    private Judgement? AcceptSentBack(AttemptOrder order, in StepRow row, AgentTask earlier, string reason, Usage usage)
    {
        var said = new AgentReport.Finished(File.ReadAllText(Path.Combine(earlier.Directory, SentBackName)), null)
        {
            Warning = $"an earlier attempt's synthesis stands with its summary cut, since this one did not count: {reason}",
        };
        return JudgeWork(order with { MaySendBack = false }, row, earlier, new(said, null, usage)) as Judgement.Accepted;
    }

    private Judgement.Accepted Publish(
        AttemptOrder order, in StepRow row, AgentTask task, string verified, AgentReport.Finished finished, string? warning, Usage usage)
    {
        var text = SecretMask.Apply(verified);
        var seal = Publisher.Publish(text, directory.Published(row.Role, row.Id), row.Id, order.Attempt);
        var (findings, notes) = row.Role is Role.Worker ? Examine(task, text, seal) : (null, 0);
        var (said, pointer) = (Shown(finished.ReturnLine), directory.PublishedName(row.Role, row.Id));
        return new(new(
            row.Key,
            order.Attempt,
            seal.Length,
            seal.Sha256,
            TokenCount.About(seal.Length),
            row.Role is Role.Worker
                ? SummaryText.OneLine(said, pointer)
                : SummaryText.Cut(Denominator.Corrected(said, task.Verified, task.Planned), SummaryText.MaxWords - 1, SummaryText.MaxTokens, pointer),
            usage,
            warning,
            findings,
            notes));
    }

    /// <summary>Looks where a worker's findings point, now, while the tree is as the worker saw it.</summary>
    private (FindingCounts? Findings, int Notes) Examine(AgentTask task, string text, Seal seal)
    {
        var file = WorkerFile.Parse(text);
        if (file.Findings.IsEmpty)
        {
            return (default(FindingCounts), file.Notes.Length);
        }

        var evidence = EvidenceCheck.Check(header.Root, task.Spec!.Scope, file.Findings);
        EvidenceFile.Write(directory.Evidence(task.TaskId), seal.Sha256, evidence);
        var counts = default(FindingCounts);
        for (var i = 0; i < evidence.Length; i++)
        {
            counts = counts.Plus((evidence[i], file.Findings[i].Severity) switch
            {
                ({ IsGrounded: false }, _) => new(0, 0, 0, Ungrounded: 1),
                ({ SuppressedBecause: not null }, _) => new(0, 0, 0, Suppressed: 1),
                (_, Severity.Critical) => new(1, 0, 0),
                (_, Severity.Major) => new(0, 1, 0),
                _ => new(0, 0, 1),
            });
        }

        return (counts, file.Notes.Length);
    }

    private HashSet<string> WorkersBelow(int step)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<int>([step]);
        while (open.TryPop(out var at))
        {
            ref readonly var row = ref table[at];
            if (row.Role is Role.Worker)
            {
                ids.Add(row.Id);
            }

            for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
            {
                open.Push(child);
            }
        }

        return ids;
    }
}
