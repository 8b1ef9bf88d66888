using System.Runtime.CompilerServices;
using Muster.Agents.Keeping;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Agents.Command;

/// <summary>Any program: the prompt on its stdin, its task in MUSTER_ variables, the last line of its stdout what it says to its parent.</summary>
/// <remarks>It runs as <see cref="KeptPrograms"/> says.</remarks>
public sealed class CommandAgent : IResumableAgent, IDisposable
{
    private readonly string runDirectory;
    private readonly KeptPrograms programs;

    /// <summary>An agent for one run.</summary>
    /// <param name="runDirectory">Absolute path; its keeper lives there.</param>
    /// <param name="options">Limits; null for the usual ones.</param>
    public CommandAgent(string runDirectory, KeepingOptions? options = null) =>
        (this.runDirectory, programs) = (runDirectory, new(runDirectory, options ?? new()));

    /// <inheritdoc/>
    public string Name => "command";

    /// <inheritdoc/>
    public bool StartsProcess => true;

    /// <summary>Lets go of the keeper. What runs goes on without this engine.</summary>
    public void Dispose() => programs.Dispose();

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, CancellationToken cancellationToken) =>
        FollowAsync(task, mayRunAlready: false, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken) =>
        FollowAsync(task, mayRunAlready: true, cancellationToken); // The keeper decides by the attempt's claim, so adopting is asking again.

    /// <inheritdoc/>
    public bool HasBegun(string directory) => KeptPrograms.HasBegun(directory);

    /// <inheritdoc/>
    public void LetGo() => programs.LetGo();

    private async IAsyncEnumerable<AgentReport> FollowAsync(
        AgentTask task, bool mayRunAlready, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (CommandReports.Unusable(task) is { } unusable)
        {
            yield return unusable;
            yield break;
        }

        var environment = CommandEnvironment.Of(task, runDirectory).Select(pair => $"{pair.Key}={pair.Value}");
        var order = programs.Order(task, task.Directory, task.WorkingDirectory, task.Spec!.Command, environment);
        await foreach (var e in programs.RunAsync(order, mayRunAlready, cancellationToken))
        {
            yield return e switch
            {
                { Started: { } origin } => new AgentReport.Started(origin.Pid, origin.StartTime),
                { Ended: { } end } => CommandReports.Finished(task, end),
                { Lost: { } reason } => Lost(task, reason),
                _ => new AgentReport.Progress(null),
            };
        }
    }

    /// <summary>A complete file of an attempt whose keeper died counts, now that nobody writes it any more.</summary>
    private static AgentReport.Finished Lost(AgentTask task, string reason) =>
        Verifier.Verify(task.Directory, new VerifyRules()) switch
        {
            Verdict.Rejected rejected => throw new AttemptLostException($"{reason}: {rejected.Reason}"),
            _ => CommandReports.Finished(task, new(0, null, null, FailureClass.Agent)) with
            {
                Warning = $"{reason}; its file was complete",
            },
        };
}
