using Muster.Agents;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>How an agent's work on an attempt ended.</summary>
/// <param name="Finished">Its last word; null when it ended without one.</param>
/// <param name="Ended">Why the watchdog ended it; null when it did not.</param>
/// <param name="Usage">What it consumed, as far as it said.</param>
internal sealed record AgentWork(AgentReport.Finished? Finished, string? Ended, Usage Usage)
{
    /// <summary>Whether its file decides. Where the agent itself says that it failed, nothing more is launched before the run knows.</summary>
    public bool MayCount => Ended is null && Finished is { Failure: null };
}
