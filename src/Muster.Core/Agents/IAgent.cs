namespace Muster.Agents;

/// <summary>The seam to whatever does an agent's work: a program, a command-line agent, an API, or the embedded inspector.</summary>
/// <remarks>Every agent passes <c>tests/Muster.Tests/Contracts/AgentContract</c>.</remarks>
public interface IAgent
{
    /// <summary>The name that plans and <c>--agent</c> use.</summary>
    string Name { get; }

    /// <summary>Whether an attempt starts a process of its own, so that memory must be left for it.</summary>
    bool StartsProcess => false;

    /// <summary>
    /// Whether it needs no directory: it reads nothing but its task and hands its file over in <see cref="AgentReport.Finished.Output"/>.
    /// The engine then makes a directory only for what it rejects.
    /// </summary>
    bool WorksInMemory => false;

    /// <summary>Does one attempt and streams what the agent reports; the last report is the only <see cref="AgentReport.Finished"/>.</summary>
    /// <param name="task">What to do, and the directory to do it in.</param>
    /// <param name="cancellationToken">
    /// Stops the agent and everything it started; the stream then ends with <see cref="OperationCanceledException"/>.
    /// </param>
    IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, CancellationToken cancellationToken);
}
