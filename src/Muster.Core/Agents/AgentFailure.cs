using Muster.Runs;

namespace Muster.Agents;

/// <summary>Why an attempt failed, as the agent saw it.</summary>
/// <param name="Class">What it means for the next attempt.</param>
/// <param name="Reason">A short sentence without a final full stop, e.g. "exit code 3".</param>
/// <param name="RetryAfter">How long the provider asks to wait; null when it said nothing.</param>
public sealed record AgentFailure(FailureClass Class, string Reason, TimeSpan? RetryAfter = null);
