using System.Globalization;
using Microsoft.Extensions.AI;
using Muster.Agents.Chat.Tools;
using Muster.Models;
using Muster.Runs;

namespace Muster.Agents.Chat;

/// <summary>One attempt as a conversation: request, response, tools, results, until the model has said what it wanted.</summary>
/// <remarks>Every turn stands in the transcript before the next request is sent, and is read back from there after the engine was killed.</remarks>
internal sealed class ChatConversation
{
    private const string KilledMeanwhile = "Error: The engine was killed while this ran. It may have run, in part. Look what it did before you do it again.";
    private const string GoOn = "Your response was cut at its limit of tokens. Go on where it was cut, in smaller parts.";

    private readonly AgentTask task;
    private readonly string model;
    private readonly ChatAgentOptions options;
    private readonly ModelTable models;
    private readonly TimeProvider time;
    private readonly ToolBox tools;
    private readonly Transcript transcript;
    private readonly RequestSender sender;
    private readonly ContextGuard guard;
    private readonly Func<AgentReport, ValueTask> tell;
    private readonly Action<string?> alive;
    private readonly List<ChatMessage> messages = [];
    private readonly ChatTally tally = new();
    private ChatTurn? open;
    private ModelTokens? latest;
    private long mostWritten = AttemptReserve.WorkerWrites;
    private int turns;
    private int toolCalls;
    private int limitsInARow;
    private string? warning;
    private bool wasResumed;

    public ChatConversation(
        AgentTask task, string model, ToolBox tools, Transcript transcript, RequestSender sender, ModelTable models,
        ChatAgentOptions options, TimeProvider time, Func<AgentReport, ValueTask> tell, Action<string?> alive)
    {
        (this.task, this.model, this.tools, this.transcript, this.sender) = (task, model, tools, transcript, sender);
        (this.models, this.options, this.time, this.tell, this.alive) = (models, options, time, tell, alive);
        guard = new(models.ContextWindowOf(model));
    }

    /// <summary>Begins with a prompt.</summary>
    /// <param name="prompt">The whole of it.</param>
    /// <param name="sharedLength">How many of its first characters other tasks' prompts share.</param>
    /// <param name="sha256">Its hash.</param>
    public void Begin(string prompt, int sharedLength, string sha256)
    {
        Open(prompt, sharedLength);
        transcript.Append(Entry("begin") with { Model = model, PromptSha256 = sha256, SharedLength = sharedLength });
    }

    /// <summary>Goes back to where a transcript ends.</summary>
    /// <returns>How the attempt ended, where it had ended.</returns>
    public AgentReport.Finished? Resume(string prompt, IReadOnlyList<TranscriptEntry> entries)
    {
        Open(prompt, entries[0].SharedLength ?? 0);
        foreach (var entry in entries.Skip(1))
        {
            switch (entry.Kind)
            {
                case "response":
                    guard.Fit(messages); // As it was when the request was sent.
                    Take(new(entry.Message!, entry.Stop, entry.Tokens) { StopDetail = entry.StopDetail }, entry.Usd);
                    break;
                case "results":
                case "remark":
                    Answer(entry.Message!);
                    break;
                case "broken":
                    tally.Add(entry.Tokens, null);
                    break;
                case "end":
                    return new(entry.ReturnLine ?? string.Empty, entry.Class is { } c ? new(c, entry.Reason ?? string.Empty) : null)
                    {
                        ToolCalls = entry.ToolCalls,
                        Warning = entry.Warning,
                    };
            }
        }

        wasResumed = open is not null;
        if (open is null)
        {
            warning = "a response that was under way when the engine went away may have been paid for and is not counted";
        }

        return null;
    }

    /// <summary>What was consumed so far.</summary>
    public Usage Usage => tally.Usage;

    /// <summary>Goes on to the end.</summary>
    public async Task<AgentReport.Finished> GoAsync(IChatClient client, ChatOptions chatOptions, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (open is null && await AskAsync(client, chatOptions, cancellationToken) is { } failed)
            {
                return End(string.Empty, failed);
            }

            if (await AnswerAsync(open!, cancellationToken) is { } finished)
            {
                return finished;
            }
        }
    }

    private void Open(string prompt, int sharedLength)
    {
        if (sharedLength > 0 && sharedLength < prompt.Length)
        {
            messages.Add(new(ChatRole.System, prompt[..sharedLength]));
        }

        messages.Add(new(ChatRole.User, sharedLength < prompt.Length ? prompt[sharedLength..] : prompt));
    }

    private async Task<AgentFailure?> AskAsync(IChatClient client, ChatOptions chatOptions, CancellationToken cancellationToken)
    {
        if (turns >= options.MostTurns)
        {
            return new(FailureClass.Agent, string.Create(CultureInfo.InvariantCulture, $"it came to no end in {turns:N0} turns"));
        }

        if (guard.Fit(messages) > 0)
        {
            latest = null; // What it took says nothing of a conversation that was cut.
        }

        if (task.SetAside is { } setAside)
        {
            await setAside(Expected());
        }

        for (var isSecond = false; ; isSecond = true)
        {
            var patience = tally.HasPaid ? options.Patience : options.FirstPatience;
            var turn = await sender.SendAsync(client, messages, chatOptions, patience, Broke, alive, cancellationToken);
            if (turn.Failure is null)
            {
                var usd = turn.Tokens is { } tokens ? models.CostOf(model, tokens) : null;
                transcript.Append(Entry("response") with { Message = turn.Message, Stop = turn.Stop, StopDetail = turn.StopDetail, Tokens = turn.Tokens, Usd = usd });
                Take(turn, usd);
                await tell(new AgentReport.Used(tally.Usage));
                return null;
            }

            if (isSecond || turn.Fault is null || !ProviderFault.IsTooLong(turn.Fault) || ContextGuard.CutAll(messages) == 0)
            {
                await tell(new AgentReport.Used(tally.Usage));
                return turn.Failure;
            }
        }
    }

    /// <summary>What the attempt will have consumed when the next request is answered: it carries all that the latest one did, its answer, and what came after.</summary>
    private Usage Expected()
    {
        var known = latest is { } last ? last.Prompt + last.Output : 0;
        var added = ContextGuard.Estimate(latest is null ? messages : messages.Skip(messages.FindLastIndex(message => message.Role == ChatRole.Assistant) + 1));
        var cached = latest is { CacheRead: > 0 } or { CacheWrite: > 0 } or { CacheWriteLong: > 0 } ? latest.Value.Prompt : 0;
        var next = new ModelTokens(known + (long)added - cached, mostWritten, CacheRead: cached);
        return tally.Usage.Plus(new(next.Prompt, next.Output, models.CostOf(model, next)));
    }

    /// <summary>Does what a response asks for. Null when another request follows.</summary>
    private async Task<AgentReport.Finished?> AnswerAsync(ChatTurn turn, CancellationToken cancellationToken)
    {
        var calls = turn.Message.Contents.OfType<FunctionCallContent>().ToList();
        limitsInARow = turn.Stop is ChatStop.OutputLimit ? limitsInARow + 1 : 0;
        switch (turn.Stop)
        {
            case ChatStop.Refusal:
                return End(string.Empty, new(FailureClass.Agent, $"the model refused{(turn.StopDetail is null ? string.Empty : $": {turn.StopDetail}")}"));
            case ChatStop.Filtered:
                return End(string.Empty, new(FailureClass.Agent, "the provider's filter stopped the response"));
            case ChatStop.WindowLimit:
                return End(string.Empty, new(FailureClass.Agent, "the conversation is longer than the model's window"));
            case ChatStop.OutputLimit when limitsInARow > 1:
                return End(string.Empty, new(FailureClass.Agent, "two responses in a row were cut at their limit of tokens"));
            case ChatStop.Pause:
                open = null;
                return null;
        }

        if (calls.Count > 0)
        {
            Answer(await CarryOutAsync(calls, cancellationToken), "results");
            return null;
        }

        if (turn.Stop is ChatStop.OutputLimit)
        {
            Answer(new(ChatRole.User, GoOn), "remark");
            return null;
        }

        return End(ReturnLine.Of(turn.Message.Text, task.Role), null);
    }

    /// <summary>A call that the killed engine had begun is not made again when it changes something: what it did is not known.</summary>
    private async Task<ChatMessage> CarryOutAsync(List<FunctionCallContent> calls, CancellationToken cancellationToken)
    {
        alive(string.Join(", ", calls.Select(call => call.Name)));
        var lost = wasResumed ? calls.Where(call => !tools.MayRepeat(call)).ToHashSet() : [];
        wasResumed = false;
        var results = await tools.RunAsync([.. calls.Where(call => !lost.Contains(call))], cancellationToken);
        foreach (var call in lost)
        {
            results.Add(ToolResult.Error(call, KilledMeanwhile));
        }

        return new(ChatRole.Tool, results);
    }

    private void Answer(ChatMessage answer, string kind)
    {
        transcript.Append(Entry(kind) with { Message = answer });
        Answer(answer);
    }

    private void Answer(ChatMessage answer)
    {
        var worked = answer.Contents.OfType<FunctionResultContent>().Where(result => !ToolResult.IsError(result)).Select(result => result.CallId).ToHashSet(StringComparer.Ordinal);
        toolCalls += messages[^1].Contents.OfType<FunctionCallContent>().Count(call => worked.Contains(call.CallId) && task.Spec?.Tools.Contains(call.Name) is true);
        messages.Add(answer);
        open = null;
    }

    private void Take(ChatTurn turn, decimal? usd)
    {
        turns++;
        latest = turn.Tokens;
        mostWritten = Math.Max(mostWritten, turn.Tokens?.Output ?? 0);
        tally.Add(turn.Tokens, usd);
        messages.Add(turn.Message);
        open = turn;
    }

    private void Broke(ChatTurn turn)
    {
        transcript.Append(Entry("broken") with { Message = turn.Message, Tokens = turn.Tokens, Reason = turn.Failure!.Reason });
        tally.Add(turn.Tokens, null); // What there was of it may have been paid for, and nobody knows how much.
    }

    /// <summary>Failures that waiting mends are not the attempt's end: they are not written, so that an adopted attempt goes on.</summary>
    private AgentReport.Finished End(string returnLine, AgentFailure? failure)
    {
        if (failure is null or { Class: FailureClass.Agent })
        {
            transcript.Append(Entry("end") with { ReturnLine = returnLine, Reason = failure?.Reason, Class = failure?.Class, ToolCalls = toolCalls, Warning = warning });
        }

        return new(returnLine, failure) { ToolCalls = toolCalls, Warning = warning };
    }

    private TranscriptEntry Entry(string kind) => new() { Kind = kind, At = time.GetUtcNow() };
}
