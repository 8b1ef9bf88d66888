using Muster.Agents.Keeping;
using Muster.Runs;

namespace Muster.Agents.Command;

/// <summary>Turns how a command ended into what its attempt reports.</summary>
internal static class CommandReports
{
    /// <summary>The last report of an attempt that ended so. With a file, an odd exit is a warning: the file decides.</summary>
    public static AgentReport.Finished Finished(AgentTask task, AttemptEnd end)
    {
        var line = StreamEnd.LastLine(Path.Combine(task.Directory, "stdout.log"));
        if (end.Reason is { } reason)
        {
            return new(line, new(end.Class, reason));
        }

        if (line.StartsWith("Failed.", StringComparison.Ordinal))
        {
            return new(line, new(FailureClass.Agent, line.TrimEnd('.')));
        }

        if (end is { Code: 0, Signal: null })
        {
            return new(line, null);
        }

        var exit = end.Signal is { } signal ? $"ended by signal {signal}" : $"exit code {end.Code}";
        if (new FileInfo(task.OutputPath) is { Exists: true, Length: > 0 })
        {
            return new(line, null) { Warning = exit };
        }

        var complaint = StreamEnd.LastLine(Path.Combine(task.Directory, "stderr.log"));
        return new(line, new(FailureClass.Agent, complaint.Length == 0 ? exit : $"{exit}: {complaint.TrimEnd('.')}"));
    }

    /// <summary>Why a task cannot be a command at all; null when it can.</summary>
    public static AgentReport.Finished? Unusable(AgentTask task) => task.Spec is { Command.IsEmpty: false }
        ? null
        : new(string.Empty, new(FailureClass.Permanent, $"{task.Step} names no command to run"));
}
