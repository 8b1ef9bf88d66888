using Muster.Agents;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>Carries one attempt out: directory and prompt, the agent under its watchdog, then the judgement of what it left.</summary>
/// <remarks>Thread-safe: it reads what never changes, and each attempt has a directory of its own.</remarks>
public sealed class AttemptRunner : IDisposable
{
    /// <summary>Attempts whose agent has ended and that are being judged; more wait in their slots, so that a slow disk slows launching.</summary>
    private const int MostJudged = 64;

    private static readonly TimeSpan StallWait = TimeSpan.FromSeconds(10);

    private readonly StepTable table;
    private readonly RunHeader header;
    private readonly RunDirectory directory;
    private readonly IReadOnlyDictionary<string, IAgent> agents;
    private readonly DispatchOptions options;
    private readonly TimeProvider time;
    private readonly IStepWork kind;
    private readonly SemaphoreSlim judging = new(MostJudged);
    private readonly Random chance;

    /// <summary>A runner for one run.</summary>
    /// <param name="table">Its steps.</param>
    /// <param name="header">What it is.</param>
    /// <param name="directory">Where it lives.</param>
    /// <param name="kind">What its attempts are given, and how they are judged.</param>
    /// <param name="agents">By name.</param>
    /// <param name="options">Time and size limits.</param>
    /// <param name="time">Time.</param>
    internal AttemptRunner(
        StepTable table, RunHeader header, RunDirectory directory, IStepWork kind,
        IReadOnlyDictionary<string, IAgent> agents, DispatchOptions options, TimeProvider time)
    {
        (this.table, this.header, this.directory, this.kind) = (table, header, directory, kind);
        (this.agents, this.options, this.time) = (agents, options, time);
        chance = new(header.Seed);
    }

    /// <summary>Carries the attempt out and tells the run what becomes of it, its end last.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="inputs">What it needs of the state.</param>
    /// <param name="tell">Takes commands to the run; what it throws is let through.</param>
    /// <param name="stop">Ends the agent; the run is then told that the attempt is discarded.</param>
    public async Task RunAsync(
        AttemptOrder order, AttemptInputs inputs, Func<RunCommand, ValueTask> tell, CancellationToken stop)
    {
        var row = table[order.Step];
        var meter = new UsageMeter(order, ModelOf(row) is not null);
        try
        {
            if (Distrusted(inputs) is { } changed)
            {
                await tell(changed);
                await tell(new RunCommand.DiscardAttempt(row.Key, order.Attempt, "an input was not what was sealed", order.Used ?? Usage.None));
                return;
            }

            var task = await kind.PrepareAsync(order, row, inputs, agents[table.Agents[row.Agent]], stop);
            var work = await WorkAsync(order, row, task, meter, tell, stop);
            await judging.WaitAsync(stop);
            try
            {
                if (work.MayCount)
                {
                    await tell(new RunCommand.EndAttempt(row.Key, order.Attempt, work.Usage));
                }

                await tell(await SettleAsync(order, row, task, work, tell, stop));
            }
            finally
            {
                judging.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await tell(new RunCommand.DiscardAttempt(row.Key, order.Attempt, "it was stopped: the run was cancelled, or its step reset", meter.OfStopped));
        }
        catch (AttemptLostException e)
        {
            await tell(new RunCommand.LoseAttempt(row.Key, order.Attempt, AttemptJudge.Shown(e.Message)));
        }
        catch (AttemptUndecidedException e)
        {
            await tell(new RunCommand.LeaveUndecided(row.Key, order.Attempt, AttemptJudge.Shown(e.Message)));
        }
        catch (MusterException e)
        {
            // Something in the plan that no waiting mends, such as a pattern that cannot be read.
            await tell(Failed(order, row, new(FailureClass.Agent, e.Message), meter.OfStopped));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Before the agent ended: afterwards it would be SettleAsync's, which does not let work that was paid for go.
            await tell(Failed(order, row, new(FailureClass.Machine, e.Message, TimeSpan.FromSeconds(10)), meter.OfStopped));
        }
    }

    /// <summary>Lets go of nothing but what it waits on.</summary>
    public void Dispose() => judging.Dispose();

    private RunModel? ModelOf(in StepRow row) => header.ModelOf(table.Agents[row.Agent], table.Models[row.Model]);

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
                return new(row.Key, input.Attempt, e.Message);
            }
        }

        return null;
    }

    /// <summary>Has the agent work, or finds out what became of its work.</summary>
    private async Task<AgentWork> WorkAsync(
        AttemptOrder order, StepRow row, AgentTask task, UsageMeter meter, Func<RunCommand, ValueTask> tell, CancellationToken stop)
    {
        var agent = agents[table.Agents[row.Agent]];
        if (!order.Recover)
        {
            return await WatchAsync(order, task, agent.RunAsync, meter, tell, stop);
        }

        if (agent is IResumableAgent resumable)
        {
            return await WatchAsync(order, task, resumable.AdoptAsync, meter, tell, stop);
        }

        // An agent that lived in an engine that is gone: its complete file counts, else it is lost.
        return kind.IsComplete(row, task)
            ? new(new("Done. (Found complete after the engine had gone away.)", null), null, meter.OfEnded(null))
            : throw new AttemptLostException("its engine went away");
    }

    private async Task<AgentWork> WatchAsync(
        AttemptOrder order, AgentTask task, Func<AgentTask, CancellationToken, IAsyncEnumerable<AgentReport>> start,
        UsageMeter meter, Func<RunCommand, ValueTask> tell, CancellationToken stop)
    {
        using var watchdog = new Watchdog(time, options.Idle, task.Timeout, task.OutputPath, stop);
        var cover = new ReserveCover(task.Step, order, tell, watchdog.Token);
        AgentReport.Finished? finished = null;
        try
        {
            meter.Begin();
            await foreach (var report in start(order.Reserve == AttemptReserve.Nothing ? task : task with { SetAside = cover.AskAsync }, watchdog.Token).WithCancellation(watchdog.Token))
            {
                watchdog.Progress();
                finished = report as AgentReport.Finished ?? finished;
                if (report is not AgentReport.Used { Usage: var usage })
                {
                    continue;
                }

                meter.Take(usage);
                if (header.Limits.AttemptFigure.Overrun(usage) is { } overrun)
                {
                    watchdog.End(overrun); // The plan says what an attempt may take.
                }
                else
                {
                    await cover.AskAsync(usage);
                }
            }
        }
        catch (OperationCanceledException) when (watchdog.Reason is not null && !stop.IsCancellationRequested)
        {
            return new(null, watchdog.Reason, meter.OfStopped);
        }

        return new(finished, null, meter.OfEnded(finished?.Failure));
    }

    /// <summary>Judges what the agent left. When the machine fails at that, the run is told and it is tried again: the work stands.</summary>
    private async Task<RunCommand> SettleAsync(
        AttemptOrder order, StepRow row, AgentTask task, AgentWork work, Func<RunCommand, ValueTask> tell, CancellationToken stop)
    {
        while (true)
        {
            string obstacle;
            try
            {
                return await kind.JudgeAsync(order, row, task, work, stop) switch
                {
                    Judgement.Accepted accepted => accepted.Complete,
                    var rejected => Failed(order, row, ((Judgement.Rejected)rejected).Failure, work.Usage),
                };
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                obstacle = e.Message;
            }

            await tell(new RunCommand.StallAttempt(
                row.Key, order.Attempt, $"{row.Id} is done, but its file cannot be taken up: {obstacle}", StallWait, default));
            await Task.Delay(StallWait, time, stop);
        }
    }

    private RunCommand.FailAttempt Failed(AttemptOrder order, in StepRow row, AgentFailure failure, Usage usage)
    {
        double roll;
        lock (chance)
        {
            roll = chance.NextDouble();
        }

        return new(
            row.Key, order.Attempt, failure.Class, AttemptJudge.Shown(failure.Reason), usage, failure.RetryAfter, default, roll);
    }
}
