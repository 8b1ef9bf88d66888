using System.Collections.Immutable;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>One task or synthesis as <c>muster show</c> tells it: what was asked, every attempt with its files, what was found, the file itself.</summary>
internal sealed class TaskView
{
    private const int MostFindings = 50;
    private const int MostAttempts = 20;

    private static readonly string[] AttemptFiles = ["prompt.md", "output.md", "transcript.jsonl", "stdout.log", "stderr.log"];

    private readonly RunState run;
    private readonly RunDirectory directory;
    private readonly StepRow row;
    private readonly int step;
    private readonly string? task;
    private readonly string? model;
    private readonly List<AttemptLine> attempts = [];
    private readonly ImmutableArray<(Finding Finding, Evidence Evidence)> findings = [];
    private readonly string? content;
    private readonly string? broken;

    public TaskView(RunReader reader, RunDirectory directory, int step)
    {
        (run, this.directory, this.step, row) = (reader.Run, directory, step, reader.Run.Table[step]);
        var spec = row.Role is Role.Worker ? reader.Tasks[step] : null;
        (task, model) = (spec?.Task, spec?.Model ?? run.Header.CoordinatorModel);
        foreach (var entry in reader.HistoryOf(row.Key))
        {
            Take(entry);
        }

        if (run[step].Status is not StepStatus.Verified)
        {
            return;
        }

        try
        {
            var sha256 = run[step].Sha256.ToString();
            content = SealedFile.Read(directory.Published(row.Role, row.Id), new(row.Id, run[step].VerifiedAttempt, run[step].Length, sha256));
            if (spec is not null)
            {
                var found = WorkerFile.Parse(content).Findings;
                var evidence = EvidenceFile.Read(directory.Evidence(row.Id), sha256, found.Length) ?? EvidenceCheck.Check(run.Header.Root, spec.Scope, found);
                findings = [.. found.Zip(evidence)];
            }
        }
        catch (SealException e)
        {
            broken = e.Message;
        }
    }

    public void Print(TextWriter text)
    {
        text.WriteLine($"{row.Key}: {run[step].Status.ToString().ToLowerInvariant()}, agent {run.Table.Agents[row.Agent]}, model {ReportText.Line(model, 80)}");
        if ((run.ReasonOf(step) ?? broken) is { } reason)
        {
            text.WriteLine("reason: " + ReportText.Line(reason, 500));
        }

        if (task is not null)
        {
            text.WriteLine("task: " + ReportText.Line(task, 500));
        }

        PrintAttempts(text);
        PrintFindings(text);
        if (content is not null)
        {
            text.WriteLine($"\nfile: {directory.Published(row.Role, row.Id)}\n\n{SecretMask.Apply(DisplayText.Clean(content))}");
        }
        else if (run[step].Status is StepStatus.Failed or StepStatus.Skipped)
        {
            text.WriteLine($"next: muster retry {run.Header.RunId} --task {row.Id}");
        }
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("run", run.Header.RunId);
        json.WriteString("step", row.Key);
        json.WriteString("status", RunJson.Kebab(run[step].Status.ToString()));
        json.WriteNumber("attempts", run[step].Attempt);
        json.WriteString("reason", ReportText.Line(run.ReasonOf(step) ?? broken));
        json.WriteString("agent", run.Table.Agents[row.Agent]);
        json.WriteString("model", ReportText.Line(model));
        json.WriteString("task", task is null ? null : ReportText.Line(task, 20_000));
        json.WriteString("attemptsDirectory", directory.Attempts(row.Role, row.Id));
        json.WriteStartArray("history");
        attempts.ForEach(attempt => WriteAttempt(json, attempt));
        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var (finding, evidence) in findings)
        {
            WriteFinding(json, finding, evidence);
        }

        json.WriteEndArray();
        json.WriteString("file", content is null ? null : directory.Published(row.Role, row.Id));
        json.WriteString("content", content is null ? null : SecretMask.Apply(DisplayText.Clean(content)));
        json.WriteEndObject();
    }

    private void Take(RunEntry entry)
    {
        switch (entry.Event)
        {
            case RunEvent.AttemptStarted e:
                attempts.Add(new(e.Attempt, "running", null, entry.At, null, null));
                break;
            case RunEvent.AttemptVerified e:
                End(e.Attempt, "verified", e.Warning, entry.At, e.Usage);
                break;
            case RunEvent.AttemptFailed e:
                End(e.Attempt, "failed", e.Reason, entry.At, e.Usage);
                break;
            case RunEvent.AttemptLost e:
                End(e.Attempt, "lost", e.Reason, entry.At, null);
                break;
            case RunEvent.AttemptDiscarded e:
                End(e.Attempt, "discarded", e.Reason, entry.At, e.Usage);
                break;
            case RunEvent.AttemptUndecided e:
                End(e.Attempt, "undecided", e.Reason, entry.At, null);
                break;
        }
    }

    private void End(int number, string status, string? reason, DateTimeOffset at, Usage? usage)
    {
        var index = attempts.FindLastIndex(a => a.Number == number);
        if (index >= 0)
        {
            attempts[index] = attempts[index] with { Status = status, Reason = reason, EndedAt = at, Usage = usage };
        }
    }

    private IEnumerable<string> FilesOf(int number)
    {
        var home = directory.Attempt(row.Role, row.Id, number);
        return AttemptFiles.Where(name => File.Exists(Path.Combine(home, name)));
    }

    private void PrintAttempts(TextWriter text)
    {
        text.WriteLine(attempts.Count == 0 ? "attempts: none" : "attempts:");
        foreach (var attempt in attempts.TakeLast(MostAttempts))
        {
            var took = attempt.EndedAt is { } end ? $" after {RunWords.Of(end - attempt.StartedAt)}" : string.Empty;
            var spent = attempt.Usage is { Tokens: > 0 } usage ? $", {usage.Tokens:N0} tokens" : string.Empty;
            var why = attempt.Reason is { } reason ? ": " + ReportText.Line(reason, 300) : string.Empty;
            text.WriteLine($"  {attempt.Number}  {attempt.StartedAt:HH:mm:ss} UTC, {attempt.Status}{took}{spent}{why}");
            foreach (var file in FilesOf(attempt.Number))
            {
                text.WriteLine($"     {Path.Combine(directory.Attempt(row.Role, row.Id, attempt.Number), file)}");
            }
        }
    }

    private void PrintFindings(TextWriter text)
    {
        if (content is null || row.Role is not Role.Worker)
        {
            return;
        }

        text.WriteLine(findings.IsEmpty ? "findings: none" : $"findings: {findings.Length:N0}");
        foreach (var (finding, evidence) in findings.OrderByDescending(f => f.Finding.Severity).Take(MostFindings))
        {
            var standing = Standing(evidence) is var word && word == "counted" ? string.Empty : $"   [{word}{(Why(evidence) is { } why ? ": " + ReportText.Line(why, 120) : string.Empty)}]";
            text.WriteLine($"  {finding.Severity.ToString().ToLowerInvariant(),-8}  {ReportText.Line(finding.Location, 120)}  {ReportText.Line(finding.Message, 200)}{standing}");
        }

        if (findings.Length > MostFindings)
        {
            text.WriteLine($"  … {findings.Length - MostFindings:N0} more in the file");
        }
    }

    private void WriteAttempt(Utf8JsonWriter json, AttemptLine attempt)
    {
        json.WriteStartObject();
        json.WriteNumber("attempt", attempt.Number);
        json.WriteString("status", attempt.Status);
        json.WriteString("reason", attempt.Reason is null ? null : ReportText.Line(attempt.Reason));
        json.WriteString("startedAt", attempt.StartedAt);
        if (attempt.EndedAt is { } end)
        {
            json.WriteString("endedAt", end);
        }

        json.WriteNumber("tokens", attempt.Usage?.Tokens ?? 0);
        if (attempt.Usage?.Usd is { } usd)
        {
            json.WriteNumber("usd", usd);
        }
        else
        {
            json.WriteNull("usd");
        }

        json.WriteString("directory", directory.Attempt(row.Role, row.Id, attempt.Number));
        json.WriteStartArray("files");
        FilesOf(attempt.Number).ToList().ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding, Evidence evidence)
    {
        json.WriteStartObject();
        json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
        json.WriteString("path", ReportText.Line(finding.Path));
        if (finding.Line is { } line)
        {
            json.WriteNumber("line", line);
        }

        json.WriteString("rule", finding.Rule);
        json.WriteString("message", ReportText.Line(finding.Message));
        json.WriteString("standing", Standing(evidence));
        json.WriteString("why", Why(evidence) is { } why ? ReportText.Line(why) : null);
        json.WriteEndObject();
    }

    /// <summary>As the task alone shows it; a baseline belongs to a report.</summary>
    private static string Standing(Evidence evidence) => !evidence.IsGrounded ? "ungrounded" : evidence.SuppressedBecause is not null ? "suppressed" : "counted";

    private static string? Why(Evidence evidence) => evidence.WhyNot ?? evidence.SuppressedBecause;

    private sealed record AttemptLine(int Number, string Status, string? Reason, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Usage? Usage);
}
