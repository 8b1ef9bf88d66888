using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Muster.Agents.Chat;
using Muster.Agents.Inspect;
using Muster.Models;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Agents.Batches;

/// <summary>A model behind a provider's batch interface: one request without tools an attempt, many of them in a batch, at the price of batches.</summary>
/// <remarks>
/// What was sent outlives the engine: the next one finds the batch by the run's log, else among the account's batches, and waits for it.
/// </remarks>
public sealed class BatchAgent : IResumableAgent, IDisposable
{
    private const string Plain = "anthropic";
    private static readonly TimeSpan AfterExpiry = TimeSpan.FromMinutes(5);

    private readonly BatchApi api;
    private readonly BatchLog log;
    private readonly BatchLane lane;
    private readonly BatchPrompt prompts;
    private readonly ModelTable models;
    private readonly BatchOptions options;
    private readonly TimeProvider time;

    /// <summary>An agent for one run. No key is looked for before its first attempt.</summary>
    /// <param name="runDirectory">Absolute path of the run's directory.</param>
    /// <param name="settings">What the user set for the agent <c>anthropic</c>.</param>
    /// <param name="models">Models and prices.</param>
    /// <param name="trees">Listings of trees, shared with others.</param>
    /// <param name="environment">Reads a variable of the environment.</param>
    /// <param name="options">Limits and patience.</param>
    /// <param name="time">Time.</param>
    public BatchAgent(
        string runDirectory, AgentSettings settings, ModelTable models, SourceTrees trees, Func<string, string?> environment, BatchOptions options, TimeProvider time)
    {
        (this.models, this.options, this.time) = (models, options, time);
        api = new(settings, environment, options, time);
        log = new(runDirectory, time);
        lane = new(api, log, options, time);
        prompts = new(trees, options);
    }

    /// <inheritdoc/>
    public string Name { get; } = BatchedAgent.Of(Plain);

    /// <inheritdoc/>
    public async IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await foreach (var report in AdoptAsync(task, cancellationToken))
        {
            yield return report;
        }
    }

    /// <summary>Goes on to wait for an attempt's answer, wherever its request is. One that was never sent is.</summary>
    public async IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var model = models.ModelOf(Plain, task.Model);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = AnswerAsync(task, model, stop.Token);
        try
        {
            while (!answer.IsCompleted)
            {
                if (!await IsSoonAsync(answer))
                {
                    yield return new AgentReport.Progress("waits for its batch");
                }
            }

            var (usage, finished) = await answer;
            if (usage is { } used)
            {
                yield return new AgentReport.Used(used);
            }

            yield return finished;
        }
        finally
        {
            if (!answer.IsCompleted)
            {
                await stop.CancelAsync();
                await answer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    /// <inheritdoc/>
    public bool HasBegun(string directory) => File.Exists(Path.Combine(directory, "prompt.md"));

    /// <inheritdoc/>
    public void LetGo() => lane.LetGo();

    /// <inheritdoc/>
    public void Dispose()
    {
        lane.Dispose();
        api.Dispose();
        log.Dispose();
    }

    private async Task<bool> IsSoonAsync(Task answer)
    {
        try
        {
            await answer.WaitAsync(options.TellEvery, time);
        }
        catch (Exception) when (answer.IsCompleted)
        {
            // The reader gets it.
        }
        catch (TimeoutException)
        {
            return false;
        }

        return true;
    }

    private async Task<(Usage? Used, AgentReport.Finished Finished)> AnswerAsync(AgentTask task, string model, CancellationToken cancellationToken)
    {
        try
        {
            return Earlier(task) ?? Finish(task, model, await lane.AskAsync(
                BatchKey.Of(task),
                stopped => prompts.ComposeAsync(task, model, Math.Min(options.MostOutputTokens, models.MaxOutputOf(model)), stopped),
                cancellationToken));
        }
        catch (ProviderSetupException e)
        {
            return (Usage.None, new("Failed. There is no key.", new(FailureClass.Permanent, $"{e.Message.TrimEnd('.')}. {e.NextStep.TrimEnd('.')}")));
        }
        catch (BatchPromptException e)
        {
            return (Usage.None, new("Failed. It cannot go through a batch.", new(FailureClass.Agent, e.Message.TrimEnd('.'))));
        }
    }

    /// <summary>The answer that an earlier engine wrote down and whose attempt it did not settle; null when there is none.</summary>
    private (Usage? Used, AgentReport.Finished Finished)? Earlier(AgentTask task)
    {
        if (!Transcript.Exists(task.Directory))
        {
            return null;
        }

        List<TranscriptEntry> entries;
        try
        {
            (var transcript, entries) = Transcript.Open(task.Directory, new(() => api.Key));
            transcript.Dispose();
        }
        catch (AttemptLostException)
        {
            return null; // The provider still has the answer.
        }

        return entries is [_, { Kind: "response" } said, { Kind: "end" } end] && (end.Class is not null || File.Exists(task.OutputPath))
            ? (UsageOf(said.Tokens, said.Usd), Finished(end))
            : null;
    }

    private (Usage? Used, AgentReport.Finished Finished) Finish(AgentTask task, string model, BatchAnswer answer) => answer switch
    {
        { Kind: "succeeded" } => Take(task, model, answer),
        { Kind: "errored", Error: { } error } => (Usage.None, new(string.Empty, FailureOf(error, answer.ErrorType))),
        { Kind: "expired" } => (Usage.None, new(string.Empty, new(FailureClass.Transient, "the batch expired before its request was answered", AfterExpiry))),
        { Kind: "canceled" } => (Usage.None, new(string.Empty, new(FailureClass.Agent, "somebody cancelled its batch at the provider"))),
        { Kind: "refused", Failure: { } failure } => (Usage.None, new(string.Empty, failure)),
        _ => (null, new(string.Empty, new(FailureClass.Agent, "its batch has ended and has no result for it"))),
    };

    private (Usage? Used, AgentReport.Finished Finished) Take(AgentTask task, string model, BatchAnswer answer)
    {
        var failure = answer.Stop switch
        {
            "max_tokens" => new AgentFailure(FailureClass.Agent, "its answer was cut at its limit of tokens"),
            "refusal" => new(FailureClass.Agent, $"the model refused{(answer.StopDetail is null ? string.Empty : $": {answer.StopDetail}")}"),
            "model_context_window_exceeded" => new(FailureClass.Agent, "its prompt is longer than the model's window"),
            _ => null,
        };
        var usd = answer.Tokens is { } tokens ? models.CostOf(model, tokens, isBatch: true) : null;
        var (file, returned) = HandedIn.Split(answer.Text);
        if (failure is null)
        {
            File.WriteAllText(task.OutputPath, file ?? answer.Text); // Without a sentinel it does not count, and is kept.
        }

        using var transcript = Begin(task);
        transcript.Append(new() { Kind = "begin", At = time.GetUtcNow(), Model = model });
        transcript.Append(new() { Kind = "response", At = time.GetUtcNow(), Message = new(ChatRole.Assistant, answer.Text), Tokens = answer.Tokens, Usd = usd, StopDetail = answer.StopDetail });
        var end = new TranscriptEntry { Kind = "end", At = time.GetUtcNow(), ReturnLine = ReturnLine.Of(returned, task.Role), Class = failure?.Class, Reason = failure?.Reason };
        transcript.Append(end);
        return (UsageOf(answer.Tokens, usd), Finished(end));
    }

    /// <summary>What an engine that was killed at it had begun to write is written anew.</summary>
    private Transcript Begin(AgentTask task)
    {
        File.Delete(Path.Combine(task.Directory, Transcript.FileName));
        return Transcript.Open(task.Directory, new(() => api.Key)).Transcript;
    }

    private static AgentReport.Finished Finished(TranscriptEntry end) =>
        new(end.ReturnLine ?? string.Empty, end.Class is { } kind ? new(kind, end.Reason ?? string.Empty) : null);

    private static Usage UsageOf(ModelTokens? tokens, decimal? usd) => new(tokens?.Prompt ?? 0, tokens?.Output ?? 0, usd);

    /// <summary>A request that the provider found wrong stops all that would be wrong alike, save where its own length is what is wrong.</summary>
    private AgentFailure FailureOf(string error, string? kind)
    {
        var (code, message) = ProviderError.Parse(error);
        var fault = new ProviderException(kind is "invalid_request_error" ? HttpStatusCode.BadRequest : null, code, message);
        var failure = ProviderFault.Of(fault, time.GetUtcNow());
        return new(
            ProviderFault.IsTooLong(fault) ? FailureClass.Agent : failure.Class,
            $"its request failed in the batch{(kind is null ? string.Empty : $" ({kind})")}: {message.TrimEnd('.')}",
            failure.RetryAfter);
    }
}
