using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Muster.Agents;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>Carries out the steps of a build that are code, under the same intent, watchdog and journal as an agent's.</summary>
/// <remarks>Each step finds out what an engine before this one had made of it, and goes on from there: an engine that is killed loses no attempt.</remarks>
internal sealed class EngineAgent(IEnumerable<IEngineStep> steps, TimeProvider time) : IResumableAgent
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(30);

    private readonly FrozenDictionary<string, IEngineStep> steps = steps.ToFrozenDictionary(step => step.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => BuildHeader.EngineAgent;

    /// <inheritdoc/>
    public bool WorksInMemory => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var work = CarryOutAsync(task, cancellationToken);
        while (await Task.WhenAny(work, Task.Delay(SignOfLife, time, cancellationToken)) != work)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new AgentReport.Progress(null); // A test command may be silent for long; its own time limit ends it.
        }

        var (finished, usage) = await work;
        yield return new AgentReport.Used(usage);
        yield return finished;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken) => RunAsync(task, cancellationToken);

    /// <inheritdoc/>
    public bool HasBegun(string directory) => true; // It has no prompt that would have to be there.

    /// <inheritdoc/>
    public void LetGo()
    {
        // What it is at stands in git and in the journal of the audit beneath it.
    }

    private async Task<(AgentReport.Finished Finished, Usage Usage)> CarryOutAsync(AgentTask task, CancellationToken stop)
    {
        var end = task.Step.IndexOf('/');
        try
        {
            var outcome = await steps[end < 0 ? task.Step : task.Step[..end]].CarryOutAsync(
                new(task.Step, task.Attempt, task.Ask!, task.Directory, task.Inputs), stop);
            return (new("Done. " + outcome.Line, null) { Output = outcome.Report.ToString(), Result = outcome.Result.ToJson() }, outcome.Usage);
        }
        catch (StageRefusedException refusal)
        {
            return (new(string.Empty, new(FailureClass.Agent, refusal.Message)), Usage.None);
        }
        catch (MusterException e)
        {
            return (new(string.Empty, new(FailureClass.Agent, e.Message)), Usage.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (new(string.Empty, new(FailureClass.Machine, e.Message)), Usage.None);
        }
    }
}
