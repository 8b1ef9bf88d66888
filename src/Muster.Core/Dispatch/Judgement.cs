using Muster.Agents;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What an attempt's artefact came to.</summary>
internal abstract record Judgement
{
    private Judgement()
    {
    }

    /// <summary>It is verified, published and sealed.</summary>
    public sealed record Accepted(RunCommand.CompleteAttempt Complete) : Judgement;

    /// <summary>It does not count.</summary>
    public sealed record Rejected(AgentFailure Failure) : Judgement
    {
        /// <summary>Rejected as a failure of the agent.</summary>
        public Rejected(string reason)
            : this(new AgentFailure(FailureClass.Agent, reason))
        {
        }
    }
}
