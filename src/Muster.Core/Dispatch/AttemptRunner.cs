using System.Collections.Immutable;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Dispatch;

/// <summary>Carries one attempt out: directory and prompt, the agent under its watchdog, verification, publication.</summary>
/// <remarks>Thread-safe: it reads what never changes, and each attempt has a directory of its own.</remarks>
public sealed class AttemptRunner
{
    private const int MaxSaid = 64 * 1024;

    private readonly StepTable table;
    private readonly RunHeader header;
    private readonly RunDirectory directory;
    private readonly Func<int, TaskSpec> specs;
    private readonly IReadOnlyDictionary<string, IAgent> agents;
    private readonly DispatchOptions options;
    private readonly TimeProvider time;
    private readonly StepPrompt prompts;
    private readonly Random chance;

    /// <summary>A runner for one run.</summary>
    /// <param name="table">Its steps.</param>
    /// <param name="header">What it is.</param>
    /// <param name="directory">Where it lives.</param>
    /// <param name="specs">The task of a worker, by index.</param>
    /// <param name="agents">By name.</param>
    /// <param name="options">Time and size limits.</param>
    /// <param name="time">Time.</param>
    public AttemptRunner(
        StepTable table, RunHeader header, RunDirectory directory, Func<int, TaskSpec> specs,
        IReadOnlyDictionary<string, IAgent> agents, DispatchOptions options, TimeProvider time)
    {
        (this.table, this.header, this.directory, this.specs) = (table, header, directory, specs);
        (this.agents, this.options, this.time) = (agents, options, time);
        prompts = new(header);
        chance = new(header.Seed);
    }

    /// <summary>What the run is told when the attempt has ended.</summary>
    /// <exception cref="OperationCanceledException">It was stopped from outside.</exception>
    public async Task<IReadOnlyList<RunCommand>> RunAsync(
        AttemptOrder order, AttemptInputs inputs, CancellationToken cancellationToken)
    {
        var row = table[order.Step];
        try
        {
            if (Distrusted(inputs) is { } changed)
            {
                return [changed, new RunCommand.DiscardAttempt(row.Key, order.Attempt, "an input was not what was sealed", Usage.None)];
            }

            var task = Prepare(order, row, inputs);
            var (agent, stream) = (agents[table.Agents[row.Agent]], default(IAsyncEnumerable<AgentReport>));
            if (order.Recover)
            {
                if (agent is not IResumableAgent resumable)
                {
                    return [Recovered(order, row, task)];
                }

                stream = resumable.AdoptAsync(task, cancellationToken);
            }

            return [await WatchAsync(order, row, task, agent, stream, cancellationToken)];
        }
        catch (AttemptLostException e)
        {
            return [new RunCommand.LoseAttempt(row.Key, order.Attempt, e.Message)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MusterException)
        {
            return [Failed(order, row, new(FailureClass.Machine, e.Message, TimeSpan.FromSeconds(10)), Usage.None)];
        }
    }

    private AgentTask Prepare(AttemptOrder order, in StepRow row, AttemptInputs inputs)
    {
        var spec = row.Role is Role.Worker ? specs(order.Step) : null;
        var home = directory.Attempt(row.Role, row.Id, order.Attempt);
        var output = Path.Combine(home, "output.md");
        var files = inputs.Files.Select(ToAgentInput).ToImmutableArray();
        var prompt = spec is not null
            ? prompts.OfWorker(spec, output, files, order.LastReason)
            : prompts.OfCoordinator(header.Domains[row.Domain].Title, output, files, inputs, order.LastReason);
        if (!order.Recover)
        {
            Directory.CreateDirectory(home);
            File.WriteAllText(Path.Combine(home, "prompt.md"), prompt);
        }

        return new()
        {
            RunId = header.RunId,
            Step = row.Key,
            TaskId = row.Id,
            Attempt = order.Attempt,
            Role = row.Role,
            Spec = spec,
            Tier = row.Tier,
            Model = spec?.Model ?? header.CoordinatorModel,
            Root = header.Root,
            Directory = home,
            Prompt = prompt,
            Inputs = files,
            Gaps = inputs.Gaps,
            Timeout = spec?.Timeout ?? options.Ceiling,
            Title = header.Domains[row.Domain].Title,
            Planned = inputs.Planned,
            Verified = inputs.Verified,
        };
    }

    private AgentInput ToAgentInput(SealedInput input)
    {
        var row = table[input.Step];
        return new(row.Id, directory.Published(row.Role, row.Id), input.Sha256.ToString());
    }

    /// <summary>Every reader checks the seal: the first input that is not what was sealed, if there is one.</summary>
    private RunCommand.DistrustStep? Distrusted(AttemptInputs inputs)
    {
        foreach (var input in inputs.Files)
        {
            var row = table[input.Step];
            var seal = new Seal(row.Id, input.Attempt, input.Length, input.Sha256.ToString());
            try
            {
                SealedFile.Read(directory.Published(row.Role, row.Id), seal);
            }
            catch (SealException e)
            {
                return new(row.Key, e.Message);
            }
        }

        return null;
    }

    private async Task<RunCommand> WatchAsync(
        AttemptOrder order, StepRow row, AgentTask task, IAgent agent, IAsyncEnumerable<AgentReport>? stream,
        CancellationToken cancellationToken)
    {
        using var watchdog = new Watchdog(time, options.Idle, task.Timeout, task.OutputPath, cancellationToken);
        var usage = Usage.None;
        AgentReport.Finished? finished = null;
        try
        {
            await foreach (var report in (stream ?? agent.RunAsync(task, watchdog.Token)).WithCancellation(watchdog.Token))
            {
                watchdog.Progress();
                finished = report as AgentReport.Finished ?? finished;
                usage = report is AgentReport.Used used ? used.Usage : usage;
                if (header.Limits.AttemptTokens is { } most && usage.Tokens > most)
                {
                    watchdog.End($"it used {usage.Tokens:N0} tokens of the {most:N0} set aside for it");
                }
            }
        }
        catch (OperationCanceledException) when (watchdog.Reason is not null && !cancellationToken.IsCancellationRequested)
        {
            return Failed(order, row, new(FailureClass.Agent, watchdog.Reason), usage);
        }

        return finished switch
        {
            null => Failed(order, row, new(FailureClass.Agent, "the agent ended without a word"), usage),
            { Failure: { } failure } => Failed(order, row, failure, usage),
            { ReturnLine: var line } when line.StartsWith("Failed.", StringComparison.Ordinal) =>
                Failed(order, row, new(FailureClass.Agent, SummaryText.OneLine(line, "its transcript")), usage),
            { ToolCalls: 0 } when task.Spec is { Tools.IsEmpty: false } =>
                Failed(order, row, new(FailureClass.Agent, "it was given tools and called none"), usage),
            _ => Judge(order, row, task, finished, usage),
        };
    }

    /// <summary>The artefact decides, not the message.</summary>
    private RunCommand Judge(AttemptOrder order, in StepRow row, AgentTask task, AgentReport.Finished finished, Usage usage)
    {
        var verdict = Verifier.Verify(task.Directory, new VerifyRules { MaxBytes = options.MaxOutputBytes });
        if (verdict is not Verdict.Verified verified)
        {
            return Failed(order, row, new(FailureClass.Agent, ((Verdict.Rejected)verdict).Reason), usage);
        }

        var published = directory.Published(row.Role, row.Id);
        var pointer = directory.PublishedName(row.Role, row.Id);
        if (row.Role is Role.Coordinator && order.MaySendBack && SummaryText.TooLong(finished.ReturnLine) is { } tooLong)
        {
            return Failed(order, row, new(FailureClass.Agent, tooLong), usage);
        }

        string? warning = finished.Warning;
        if (row.Role is Role.Coordinator)
        {
            if (Citations.Fault(verified.Text, WorkersBelow(order.Step)) is { } fault)
            {
                return Failed(order, row, new(FailureClass.Agent, fault), usage);
            }

            var unnamed = Citations.Unnamed(verified.Text, task.Inputs.Where(input => !input.TaskId.Contains('/')).Select(input => input.TaskId));
            warning ??= unnamed.IsEmpty ? null : $"it names nothing of: {string.Join(", ", unnamed)}";
        }

        var text = SecretMask.Apply(verified.Text);
        var seal = Publisher.Publish(text, published, row.Id, order.Attempt);
        var (findings, notes) = row.Role is Role.Worker ? Examine(task, text, seal) : (null, 0);
        return new RunCommand.CompleteAttempt(
            row.Key,
            order.Attempt,
            seal.Length,
            seal.Sha256,
            TokenCount.Of(text),
            row.Role is Role.Worker
                ? SummaryText.OneLine(Shown(finished.ReturnLine), pointer)
                : SummaryText.Cut(Shown(finished.ReturnLine), SummaryText.MaxWords - 1, SummaryText.MaxTokens, pointer),
            usage,
            warning,
            findings,
            notes);
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

    /// <summary>What an agent said, as it may be written: clean, secrets masked.</summary>
    private static string Shown(string said) => SecretMask.Apply(DisplayText.Clean(said.Length > MaxSaid ? said[..MaxSaid] : said));

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

    /// <summary>An attempt of an engine that is gone, by an agent that lived in it: its complete file counts, else it is lost.</summary>
    private RunCommand Recovered(AttemptOrder order, in StepRow row, AgentTask task)
    {
        var whole = row.Role is Role.Worker
            && Verifier.Verify(task.Directory, new VerifyRules { MaxBytes = options.MaxOutputBytes }) is Verdict.Verified;
        return whole
            ? Judge(order, row, task, new("Done. (Found complete after the engine had gone away.)", null), Usage.None)
            : new RunCommand.LoseAttempt(row.Key, order.Attempt, "its engine went away");
    }

    private RunCommand.FailAttempt Failed(AttemptOrder order, in StepRow row, AgentFailure failure, Usage usage)
    {
        double roll;
        lock (chance)
        {
            roll = chance.NextDouble();
        }

        return new(
            row.Key, order.Attempt, failure.Class, Shown(failure.Reason), usage, failure.RetryAfter, default, roll);
    }
}
