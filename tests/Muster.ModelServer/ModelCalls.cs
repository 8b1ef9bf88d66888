using System.Text.Json;
using Muster.Loopback.Dialects;
using Muster.Loopback.Scripting;

namespace Muster.Loopback;

/// <summary>Answers calls of a model: reads the conversation, finds its step, and sends it in the call's dialect.</summary>
internal sealed class ModelCalls(ModelServerOptions options, Storms storms)
{
    private readonly Planner planner = new(options.Script);
    private readonly PromptCache cache = new(options.CacheMinimumTokens);
    private readonly ResponsePlayer player = new(options.Time);

    public async Task AnswerAsync(ModelCall call, CancellationToken cancellationToken)
    {
        var early = storms.Next()
            ?? (options.MaxInFlight < call.InFlight ? new StepFault { Status = 429, Headers = StepFault.None.Headers.Add("retry-after", "1") } : null);
        if (early is { Status: > 0 })
        {
            await RefuseAsync(call, early, cancellationToken);
            return;
        }

        JsonDocument body;
        try
        {
            body = JsonDocument.Parse(call.Body);
        }
        catch (JsonException e)
        {
            await RefuseAsync(call, new() { Status = 400, Message = $"The body is no JSON: {e.Message}" }, cancellationToken);
            return;
        }

        using (body)
        {
            var conversation = call.Dialect.Read(body.RootElement, call.Path);
            try
            {
                var (step, turn, fault) = planner.Next(conversation);
                await SendAsync(call, conversation, step, turn, early ?? fault, cancellationToken);
            }
            catch (ScriptFormatException e)
            {
                await RefuseAsync(call, new() { Status = 400, Message = e.Message }, cancellationToken);
            }
        }
    }

    public async Task CountAsync(ModelCall call, CancellationToken cancellationToken)
    {
        using var stream = EventStream.Whole(json =>
        {
            json.WriteStartObject();
            json.WriteNumber(call.Dialect is GeminiDialect ? "totalTokens" : "input_tokens", TokenUse.Of(call.Body.Length));
            json.WriteEndObject();
        });
        await SendAsync(call, stream, StepFault.None, isStream: false, cancellationToken);
    }

    /// <summary>Answers with an error.</summary>
    public async Task RefuseAsync(ModelCall call, StepFault fault, CancellationToken cancellationToken)
    {
        call.Context.Response.StatusCode = fault.Status;
        foreach (var (name, value) in fault.Headers)
        {
            call.Context.Response.Headers[name] = value;
        }

        using var stream = EventStream.Whole(json => call.Dialect.WriteError(fault, call.RequestId, json));
        await SendAsync(call, stream, StepFault.None, isStream: false, cancellationToken);
    }

    /// <summary>What a step says to a conversation, as an object that a batch's result holds.</summary>
    public (ScriptedStep Step, StepFault Fault, Reply Reply) Reply(Conversation conversation)
    {
        var (step, turn, fault) = planner.Next(conversation);
        var lookup = cache.Find(conversation.Blocks, isAutomatic: false);
        cache.Keep(lookup);
        return (step, fault, Of(conversation, step, turn, fault, "toolu_", lookup) with { Tier = "batch" });
    }

    /// <summary>Sends bytes, with the headers that every response has.</summary>
    public async Task SendAsync(ModelCall call, EventStream stream, StepFault fault, bool isStream, CancellationToken cancellationToken)
    {
        var response = call.Context.Response;
        var now = options.Time.GetUtcNow();
        var remaining = Math.Max(0, options.RequestsPerMinute - call.InFlight);
        call.Dialect.SetHeaders(
            response.Headers, call.RequestId, new(options.RequestsPerMinute, remaining, now.AddMinutes((double)call.InFlight / options.RequestsPerMinute), now));
        response.ContentType = isStream ? "text/event-stream; charset=utf-8" : "application/json";
        if (!isStream && fault.Stream is not (StreamFault.Empty or StreamFault.Truncated))
        {
            response.ContentLength = stream.Bytes.Length; // A cut is seen by the length that was promised.
        }

        await player.PlayAsync(call.Context, stream, fault, cancellationToken);
    }

    private async Task SendAsync(
        ModelCall call, Conversation conversation, ScriptedStep step, int turn, StepFault fault, CancellationToken cancellationToken)
    {
        var lookup = cache.Find(conversation.Blocks, call.Dialect.CachesByItself);
        var wait = options.Latency + step.Delay;
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, options.Time, cancellationToken);
        }

        switch (fault)
        {
            case { Status: > 0 }:
                await RefuseAsync(call, fault, cancellationToken);
                return;
            case { Stream: StreamFault.Hang }:
                await Task.Delay(Timeout.InfiniteTimeSpan, options.Time, cancellationToken);
                return;
            case { Stream: StreamFault.Drop }:
                call.Context.Abort();
                return;
            default:
                break;
        }

        cache.Keep(lookup);
        foreach (var (name, value) in step.Headers)
        {
            call.Context.Response.Headers[name] = value;
        }

        var reply = Of(conversation, step, turn, fault, call.Dialect.CallPrefix, lookup);
        using var stream = Render(call.Dialect, reply, conversation.Streams, fault);
        var isWhole = fault.Stream is StreamFault.ErrorEvent; // With its error in it, or no stream, and so whole.
        await SendAsync(call, stream, isWhole ? StepFault.None : fault, conversation.Streams, cancellationToken);
    }

    private static EventStream Render(IDialect dialect, Reply reply, bool streams, StepFault fault)
    {
        if (!streams)
        {
            return EventStream.Whole(json => dialect.WriteWhole(reply, json));
        }

        var stream = new EventStream();
        dialect.WriteStream(reply, stream);
        if (fault.Stream is StreamFault.ErrorEvent)
        {
            stream.CutAt(ResponsePlayer.Middle(stream, intoEvent: false));
            dialect.WriteErrorEvent(fault, stream);
        }

        return stream;
    }

    private Reply Of(Conversation conversation, ScriptedStep step, int turn, StepFault fault, string callPrefix, PromptCache.Lookup lookup)
    {
        var text = step.Text ?? string.Empty;
        if (fault.Stream is StreamFault.CutInCharacter && System.Text.Ascii.IsValid(text))
        {
            text += " Größe 📏"; // Something to be cut.
        }

        var output = TokenUse.Of(text.Length + (step.Thinking?.Length ?? 0) + step.Tools.Sum(t => t.Input.Length + t.Name.Length));
        var prompt = conversation.Blocks.Sum(block => (long)System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(block.Element).Length);
        return new(
            conversation.Model,
            step.Thinking,
            text,
            [.. step.Tools.Select(tool => new ToolCall(CallId.New(callPrefix, turn), tool.Name, tool.Input))],
            step.Stop ?? (step.Tools.IsEmpty ? "end_turn" : "tool_use"),
            step.Usage ?? new(Math.Max(0, TokenUse.Of(prompt) - lookup.Read - lookup.Write), Math.Max(1, output), lookup.Read, lookup.Write))
        {
            Created = options.Time.GetUtcNow().ToUnixTimeSeconds(),
            TellsUsage = conversation.WantsUsage,
        };
    }
}
