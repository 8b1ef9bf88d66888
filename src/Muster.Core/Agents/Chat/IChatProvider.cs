using Microsoft.Extensions.AI;
using Muster.Models;

namespace Muster.Agents.Chat;

/// <summary>What differs between providers: how their client is made, what their requests are dressed in, how their responses end.</summary>
internal interface IChatProvider : IDisposable
{
    /// <summary>The agent's name.</summary>
    string Name { get; }

    /// <summary>What its credential may send now.</summary>
    ProviderLimits Limits { get; }

    /// <summary>Staggers requests that begin alike.</summary>
    PrefixGate Prefixes { get; }

    /// <summary>The key, to be kept out of everything that is written; null when none was needed yet.</summary>
    string? Key { get; }

    /// <summary>The client for a model.</summary>
    /// <exception cref="ProviderSetupException">No key is set.</exception>
    IChatClient ClientOf(string model);

    /// <summary>Most tokens of a response to ask for; null leaves it to the provider.</summary>
    int? OutputLimit(int wanted);

    /// <summary>The conversation as it is sent: with marks for the provider's cache, for example. Its messages stay as they are.</summary>
    IReadOnlyList<ChatMessage> Dress(IReadOnlyList<ChatMessage> conversation);

    /// <summary>The options of a conversation's requests, as far prepared as the provider's client lets them be; once for all its requests.</summary>
    ChatOptions Prepare(ChatOptions options);

    /// <summary>What a part of a response adds beyond its contents.</summary>
    void Note(ChatResponseUpdate update, ResponseBuilder response);

    /// <summary>The tokens that a usage tells.</summary>
    ModelTokens TokensOf(UsageDetails usage);

    /// <summary>A fault that the client reports in its own way; null when it is no refusal by the provider.</summary>
    ProviderException? FaultIn(Exception fault);
}
