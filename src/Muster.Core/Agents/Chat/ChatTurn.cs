using Microsoft.Extensions.AI;
using Muster.Models;

namespace Muster.Agents.Chat;

/// <summary>What came of one request: a whole response, or what there was of it when it broke off.</summary>
/// <param name="Message">What the model said; partial when the response is not whole.</param>
/// <param name="Stop">Why it ended; null when it broke off.</param>
/// <param name="Tokens">What it took; null when the provider told nothing.</param>
internal sealed record ChatTurn(ChatMessage Message, ChatStop? Stop, ModelTokens? Tokens)
{
    /// <summary>The provider's own words on why it ended; null when there are none.</summary>
    public string? StopDetail { get; init; }

    /// <summary>Why it broke off; null when it did not.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>The provider's refusal; null when it was none.</summary>
    public ProviderException? Fault { get; init; }

    /// <summary>Whether the provider had begun to work on it, so that it may have cost something.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Whether the provider said not to send it again as it is.</summary>
    public bool IsFinal { get; init; }
}
