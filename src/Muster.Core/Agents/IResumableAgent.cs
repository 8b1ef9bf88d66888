namespace Muster.Agents;

/// <summary>An agent whose work outlives the engine that started it.</summary>
public interface IResumableAgent : IAgent
{
    /// <summary>Takes over an attempt that an earlier engine started: its recorded end, or what still runs of it.</summary>
    /// <param name="task">The attempt; its directory is as the earlier engine left it.</param>
    /// <param name="cancellationToken">As in <see cref="IAgent.RunAsync"/>.</param>
    /// <exception cref="AttemptLostException">Neither an end nor a process is there, or it was never started.</exception>
    IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken);

    /// <summary>Whether the attempt was ever started; when it was not, adopting it starts it, so that its prompt must be there.</summary>
    /// <param name="directory">The attempt's.</param>
    bool HasBegun(string directory);

    /// <summary>
    /// The engine is going away without having settled its attempts: from here on, stopping one leaves what it started to the next engine.
    /// </summary>
    void LetGo();
}
