using Muster.Agents;
using Muster.Agents.Scripted;
using Muster.Plans;

namespace Muster.Tests.Contracts;

/// <summary>The scripted agent without a script: it works in memory.</summary>
public sealed class UnscriptedAgentTests : AgentContract
{
    protected override IAgent Agent { get; } = new ScriptedAgent(Script.Empty, TimeProvider.System);

    protected override TaskSpec Spec(bool isLong) => Plain("scripted");
}
