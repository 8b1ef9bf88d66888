using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Muster.Models;
using Muster.Settings;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Muster.Agents.Chat;

/// <summary>OpenAI's Chat Completions, and whatever speaks them at another address: Ollama, vLLM, LM Studio.</summary>
internal sealed class OpenAIProvider(AgentSettings settings, Func<string, string?> environment, TimeProvider time) : IChatProvider
{
    private readonly ChatConnection connection = new("openai", settings, "OPENAI_BASE_URL", environment, time);

    /// <inheritdoc/>
    public string Name => "openai";

    /// <inheritdoc/>
    public ProviderLimits Limits => connection.Limits;

    /// <inheritdoc/>
    public PrefixGate Prefixes => connection.Prefixes;

    /// <inheritdoc/>
    public string? Key => connection.Key;

    /// <summary>A server of one's own needs no key; the provider itself does.</summary>
    public IChatClient ClientOf(string model) => connection.ClientOf(
        model, "OPENAI_API_KEY", needsKey: connection.Address is null, key => Client(key).GetChatClient(model).AsIChatClient());

    /// <summary>Servers that speak this protocol disagree on how it is asked for.</summary>
    public int? OutputLimit(int wanted) => null;

    /// <summary>This provider caches by itself what requests begin with.</summary>
    public IReadOnlyList<ChatMessage> Dress(IReadOnlyList<ChatMessage> conversation) => conversation;

    /// <inheritdoc/>
    public ChatOptions Prepare(ChatOptions options) => options;

    /// <inheritdoc/>
    public void Note(ChatResponseUpdate update, ResponseBuilder response)
    {
        if (update.RawRepresentation is StreamingChatCompletionUpdate { RefusalUpdate: { Length: > 0 } words })
        {
            response.StopDetail += words; // It ends as every other: "stop".
        }

        if (update.FinishReason is { } reason)
        {
            response.Stop = response.StopDetail is null ? StopOf(reason.Value) : ChatStop.Refusal;
            response.IsWhole = true; // What comes after it is the usage.
        }

        response.Take(update.Contents, beginsThought: false);
    }

    /// <inheritdoc/>
    public ModelTokens TokensOf(UsageDetails usage)
    {
        var read = usage.CachedInputTokenCount ?? 0;
        return new(Math.Max(0, (usage.InputTokenCount ?? 0) - read), usage.OutputTokenCount ?? 0, read, 0);
    }

    /// <inheritdoc/>
    public ProviderException? FaultIn(Exception fault) => null;

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private OpenAIClient Client(string key)
    {
        var options = new OpenAIClientOptions
        {
            Transport = new HttpClientPipelineTransport(connection.Http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        options.Endpoint = connection.Address ?? options.Endpoint;
        return new(new ApiKeyCredential(key), options);
    }

    private static ChatStop StopOf(string reason) => reason switch
    {
        "tool_calls" or "function_call" => ChatStop.ToolCalls,
        "length" => ChatStop.OutputLimit,
        "content_filter" => ChatStop.Filtered,
        _ => ChatStop.End,
    };
}
