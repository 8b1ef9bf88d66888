using Muster.Agents;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>What is particular to a role of the build: where its agent works, and what what it left comes to.</summary>
internal interface IBuildStage
{
    /// <summary>The role; also its prompt's name.</summary>
    Role Role { get; }

    /// <summary>Makes what the agent needs, such as a worktree. Doing it twice comes to the same.</summary>
    /// <exception cref="MusterException">It cannot be made.</exception>
    Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop);

    /// <summary>Judges what the agent left beside its report, which is verified already, and takes it up. Doing it twice comes to the same.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="task">What the agent was given.</param>
    /// <param name="report">Its report's text.</param>
    /// <param name="line">Its return line.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="StageRefusedException">It does not count, in words that the next attempt can use.</exception>
    Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop);
}
