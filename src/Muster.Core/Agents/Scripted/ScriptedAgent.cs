using System.Runtime.CompilerServices;
using Muster.Runs;

namespace Muster.Agents.Scripted;

/// <summary>Does what a script says: rehearses a plan for nothing, and stands in for real agents in tests and benchmarks.</summary>
/// <remarks>Keeps no state, so what it does depends on the step, its role and the attempt's number alone.</remarks>
public sealed class ScriptedAgent(Script script, TimeProvider time) : IAgent
{
    /// <inheritdoc/>
    public string Name => "scripted";

    /// <summary>Without a script there is nothing that another agent could do wrong on the disk.</summary>
    public bool WorksInMemory => script.Rules.IsEmpty;

    /// <inheritdoc/>
    public async IAsyncEnumerable<AgentReport> RunAsync(
        AgentTask task, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var step = script.StepFor(task);
        var left = step.Fault is ScriptFault.Hang or ScriptFault.Busy ? TimeSpan.MaxValue : step.Delay;
        while (left > TimeSpan.Zero)
        {
            var isSilent = step.Progress == TimeSpan.Zero || step.Fault is ScriptFault.Hang;
            var part = isSilent ? left : left < step.Progress ? left : step.Progress;
            await Task.Delay(part == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : part, time, cancellationToken);
            left = left == TimeSpan.MaxValue ? left : left - part;
            yield return new AgentReport.Progress(null);
        }

        cancellationToken.ThrowIfCancellationRequested();
        AgentFailure? failure = null;
        if (!WorksInMemory)
        {
            failure = ScriptedChangesWriter.Make(task, step.Changes);
            ScriptedOutput.Write(task, step);
        }

        yield return new AgentReport.Used(step.Usage);
        if (step.Fault is not ScriptFault.Silent)
        {
            yield return Finished(task, step, failure);
        }
    }

    private AgentReport.Finished Finished(AgentTask task, ScriptStep step, AgentFailure? failure) =>
        new(step.Return is { } said ? ScriptedText.Fill(said, task) : ReturnOf(task, step.Fault), failure ?? FailureOf(step))
        {
            Output = WorksInMemory ? ScriptedOutput.WellFormed(task) : null,
            ToolCalls = step.Fault is ScriptFault.NoTools ? 0 : step.ToolCalls,
            Warning = step.Exit == 0 ? null : $"exit code {step.Exit}",
        };

    private static string ReturnOf(AgentTask task, ScriptFault fault) => fault switch
    {
        ScriptFault.SaysFailed => "Failed. The scope is not there.",
        ScriptFault.Verbose => string.Concat(Enumerable.Repeat("Another word about everything that was seen on the way. ", 500)),
        _ when task.Role is Role.Coordinator =>
            $"Done. {task.Verified} of {task.Planned} workers of {task.Title} were verified; {task.Inputs.Length} files were read.",
        _ => "Done. Rehearsed.",
    };

    private static AgentFailure? FailureOf(ScriptStep step) => step.Fault switch
    {
        ScriptFault.SaysFailed => new(FailureClass.Agent, "Failed. The scope is not there"),
        ScriptFault.Transient => new(FailureClass.Transient, "the provider was busy", step.RetryAfter),
        ScriptFault.Permanent => new(FailureClass.Permanent, "the credential was refused"),
        ScriptFault.Quota => new(FailureClass.Quota, "the quota is used up", step.RetryAfter),
        ScriptFault.Machine => new(FailureClass.Machine, "no process could be started", step.RetryAfter),
        _ => null,
    };
}
