using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using Muster.Agents.Chat.Tools;
using Muster.Models;
using Muster.Settings;

namespace Muster.Agents.Chat;

/// <summary>Anthropic's Messages API.</summary>
internal sealed class AnthropicProvider(AgentSettings settings, Func<string, string?> environment, TimeProvider time) : IChatProvider
{
    private const string RedactedKey = "redacted";
    private const string CacheWritesKey = "CacheCreationInputTokens";

    /// <summary>Every message but the last few keeps its mark from the turn before, so that the provider finds the longest prefix it knows.</summary>
    private const int MarkedMessages = 2;

    private readonly ChatConnection connection = new("anthropic", settings, "ANTHROPIC_BASE_URL", environment, time);

    /// <inheritdoc/>
    public string Name => "anthropic";

    /// <inheritdoc/>
    public ProviderLimits Limits => connection.Limits;

    /// <inheritdoc/>
    public PrefixGate Prefixes => connection.Prefixes;

    /// <inheritdoc/>
    public string? Key => connection.Key;

    /// <inheritdoc/>
    public IChatClient ClientOf(string model) => connection.ClientOf(model, "ANTHROPIC_API_KEY", needsKey: true, key => Client(key).AsIChatClient(model));

    /// <inheritdoc/>
    public int? OutputLimit(int wanted) => wanted;

    /// <inheritdoc/>
    public IReadOnlyList<ChatMessage> Dress(IReadOnlyList<ChatMessage> conversation)
    {
        var dressed = conversation.Select(message => new ChatMessage(message.Role, [.. message.Contents.Select(AsItWas)])).ToList();
        foreach (var message in dressed.Where(m => m.Role == ChatRole.System).Concat(dressed.Where(m => m.Role != ChatRole.System && m.Role != ChatRole.Assistant).TakeLast(MarkedMessages)))
        {
            message.Contents[^1] = Copy(message.Contents[^1]).WithCacheControl(new CacheControlEphemeral());
        }

        return dressed;
    }

    /// <inheritdoc/>
    public ChatOptions Prepare(ChatOptions options) => AnthropicTools.Prepare(options);

    /// <inheritdoc/>
    public void Note(ChatResponseUpdate update, ResponseBuilder response)
    {
        var raw = (update.RawRepresentation as RawMessageStreamEvent)?.Value;
        switch (raw)
        {
            case RawMessageStartEvent start:
                response.Tokens = new(start.Message.Usage.InputTokens, 0, start.Message.Usage.CacheReadInputTokens ?? 0, start.Message.Usage.CacheCreationInputTokens ?? 0);
                break;
            case RawMessageDeltaEvent delta when delta.Delta.StopReason?.Raw() is { } stop:
                response.Stop = StopOf(stop);
                response.StopDetail = response.Stop is ChatStop.Refusal ? delta.Delta.StopDetails?.ToString() : null;
                break;
            case RawMessageStopEvent:
                response.IsWhole = true;
                break;
        }

        foreach (var redacted in update.Contents.Where(content => content.RawRepresentation is RedactedThinkingBlock))
        {
            redacted.AdditionalProperties = new() { [RedactedKey] = true };
        }

        response.Take(update.Contents, beginsThought: raw is RawContentBlockStartEvent);
    }

    /// <inheritdoc/>
    public ModelTokens TokensOf(UsageDetails usage)
    {
        var (read, written) = (usage.CachedInputTokenCount ?? 0, usage.AdditionalCounts?.GetValueOrDefault(CacheWritesKey) ?? 0);
        return new(Math.Max(0, (usage.InputTokenCount ?? 0) - read - written), usage.OutputTokenCount ?? 0, read, written);
    }

    /// <inheritdoc/>
    public ProviderException? FaultIn(Exception fault) =>
        fault is AnthropicSseException sse && ProviderError.Parse(Body(sse.Message)) is var (type, message) ? new(null, type, message) : null;

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private AnthropicClient Client(string key)
    {
        var client = new AnthropicClient
        {
            ApiKey = key,
            HttpClient = connection.Http,
            MaxRetries = 0,
            Timeout = TimeSpan.FromHours(6),
        };
        return connection.Address is { } address ? client.WithOptions(o => o with { BaseUrl = address.AbsoluteUri.TrimEnd('/') }) as AnthropicClient ?? client : client;
    }

    private static ChatStop StopOf(string reason) => reason switch
    {
        "tool_use" => ChatStop.ToolCalls,
        "max_tokens" => ChatStop.OutputLimit,
        "model_context_window_exceeded" => ChatStop.WindowLimit,
        "refusal" => ChatStop.Refusal,
        "pause_turn" => ChatStop.Pause,
        _ => ChatStop.End,
    };

    /// <summary>A thought goes back exactly as it came, also one without words; a call that failed is told as such.</summary>
    private static AIContent AsItWas(AIContent content) => content switch
    {
        TextReasoningContent { AdditionalProperties: var properties } thought when properties?.ContainsKey(RedactedKey) is true =>
            new TextReasoningContent(string.Empty) { ProtectedData = thought.ProtectedData },
        TextReasoningContent thought => new TextReasoningContent(thought.Text)
        {
            ProtectedData = thought.ProtectedData,
            RawRepresentation = new ContentBlockParam(new ThinkingBlockParam { Thinking = thought.Text, Signature = thought.ProtectedData ?? string.Empty }),
        },
        FunctionResultContent result when ToolResult.IsError(result) =>
            new FunctionResultContent(result.CallId, ToolResult.Text(result)) { Exception = new ToolException(ToolResult.Text(result)) },
        _ => content,
    };

    private static AIContent Copy(AIContent content) => content switch
    {
        TextContent text => new TextContent(text.Text),
        FunctionResultContent result => new FunctionResultContent(result.CallId, result.Result) { Exception = result.Exception },
        _ => content,
    };

    /// <summary>The client quotes the event's data in its message.</summary>
    private static string Body(string message)
    {
        var (from, to) = (message.IndexOf('{', StringComparison.Ordinal), message.LastIndexOf('}'));
        return from >= 0 && to > from ? message[from..(to + 1)] : message;
    }
}
