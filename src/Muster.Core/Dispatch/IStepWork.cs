using Muster.Agents;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>What is particular to a kind of run in an attempt: what its agent is given, and how what it left is judged.</summary>
/// <remarks>A plan's tasks and coordinators are one kind (<see cref="PlanWork"/>), the stages of a build the other.</remarks>
internal interface IStepWork
{
    /// <summary>What the agent is given. Its directory is there and its prompt stands in it, unless the agent works in memory.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="row">Its step.</param>
    /// <param name="inputs">What it needs of the state; its files have been held against their seals.</param>
    /// <param name="agent">Who does it.</param>
    /// <param name="stop">Ends the preparation.</param>
    /// <exception cref="MusterException">It cannot be done as it is asked, and no waiting mends that: the attempt has failed.</exception>
    /// <exception cref="IOException">The machine failed.</exception>
    ValueTask<AgentTask> PrepareAsync(AttemptOrder order, StepRow row, AttemptInputs inputs, IAgent agent, CancellationToken stop);

    /// <summary>Whether an attempt whose engine went away left something that would count.</summary>
    bool IsComplete(StepRow row, AgentTask task);

    /// <summary>The judgement on an attempt whose agent has ended. What counts is published and sealed. Doing it twice comes to the same.</summary>
    /// <exception cref="IOException">The machine failed; the work may be judged again.</exception>
    ValueTask<Judgement> JudgeAsync(AttemptOrder order, StepRow row, AgentTask task, AgentWork work, CancellationToken stop);
}
