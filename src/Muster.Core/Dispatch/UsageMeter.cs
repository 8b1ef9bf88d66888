using Muster.Agents;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What an attempt's agent has told that it took, and what the attempt counts with where the agent did not tell: never nothing.</summary>
internal sealed class UsageMeter(AttemptOrder order, bool usesModel)
{
    private Usage? told = order.Used;
    private bool hasBegun = order.Used is not null;

    /// <summary>The agent is given the attempt: from here on it may spend.</summary>
    public void Begin() => hasBegun = true;

    /// <summary>The agent told; a later word replaces an earlier one.</summary>
    public void Take(Usage usage) => told = usage;

    /// <summary>For an agent that ended by itself. A refused request costs nothing; work of which nobody told the cost has an unknown one.</summary>
    public Usage OfEnded(AgentFailure? failure) =>
        told ?? (usesModel && failure is null or { Class: FailureClass.Agent } ? new(0, 0, Usd: null) : Usage.None);

    /// <summary>For an agent that was stopped at its work: what was set aside for it, else an unknown cost.</summary>
    public Usage OfStopped =>
        told ?? (usesModel && hasBegun ? new(order.Reserve.Tokens, 0, order.Reserve.Usd > 0 ? order.Reserve.Usd : null) : Usage.None);
}
