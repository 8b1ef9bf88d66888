using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Muster.Agents.Keeping;
using Muster.Runs;

namespace Muster.Agents.Command;

/// <summary>Any program as an agent: an argument list that no shell sees, the prompt on stdin, the output's path in the environment.</summary>
/// <remarks>The run's keeper holds the process, so it outlives a killed engine. Linux only.</remarks>
public sealed class CommandAgent : IResumableAgent, IDisposable
{
    private const int TailBytes = 64 * 1024;

    private readonly KeeperClient keeper;

    /// <summary>The agent of one run.</summary>
    /// <param name="runDirectory">Absolute path.</param>
    /// <param name="keeperCommand">Program and arguments that start a keeper; the run directory is added.</param>
    /// <param name="time">Time.</param>
    public CommandAgent(string runDirectory, IReadOnlyList<string> keeperCommand, TimeProvider time) =>
        keeper = new(runDirectory, keeperCommand, time);

    /// <inheritdoc/>
    public string Name => "command";

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, CancellationToken cancellationToken) => FollowAsync(task, "start", cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken) =>
        FollowAsync(task, File.Exists(Path.Combine(task.Directory, "attempt.json")) || !File.Exists(Path.Combine(task.Directory, "prompt.md")) ? "follow" : "start", cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => keeper.Dispose();

    private async IAsyncEnumerable<AgentReport> FollowAsync(
        AgentTask task, string op, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            yield return new AgentReport.Finished(string.Empty, new(FailureClass.Permanent, "the agent 'command' needs Linux"));
            yield break;
        }

        var events = keeper.Follow(task.Directory);
        try
        {
            await keeper.AskAsync(RequestFor(task, op), cancellationToken);
            while (await NextAsync(task, events, cancellationToken) is { } e)
            {
                switch (e.Kind)
                {
                    case "started":
                        yield return new AgentReport.Started(e.Pid, e.StartTime);
                        break;
                    case "progress":
                        yield return new AgentReport.Progress(null);
                        break;
                    case "exited":
                        yield return Finished(task, e.Code, e.Signal, e.Reason);
                        yield break;
                    case "refused":
                        yield return new AgentReport.Finished(string.Empty, Refused(task, e.Error));
                        yield break;
                    default:
                        yield return LeftBehind(task);
                        yield break;
                }
            }

            yield return LeftBehind(task);
        }
        finally
        {
            keeper.Forget(task.Directory);
        }
    }

    /// <summary>The next event; null when the keeper is lost. Cancellation ends the whole tree before it is told.</summary>
    private async Task<KeeperEvent?> NextAsync(AgentTask task, System.Threading.Channels.ChannelReader<KeeperEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.WaitToReadAsync(cancellationToken) && events.TryRead(out var e) ? e : null;
        }
        catch (OperationCanceledException)
        {
            await keeper.AskAsync(new("kill", task.Directory), CancellationToken.None);
            while (await events.WaitToReadAsync(CancellationToken.None))
            {
                if (events.TryRead(out var e) && e.Kind is "exited" or "unknown" or "refused")
                {
                    break;
                }
            }

            throw;
        }
    }

    private static KeeperRequest RequestFor(AgentTask task, string op)
    {
        var marker = $"MUSTER_ATTEMPT={task.RunId}/{task.Step}/{task.Attempt}";
        return new(op, task.Directory)
        {
            Arguments = [.. task.Spec!.Command],
            Environment = [.. AgentEnvironment.Allowed(), marker, $"MUSTER_OUTPUT={task.OutputPath}", $"MUSTER_TASK={task.TaskId}", $"MUSTER_ROOT={task.Root}", $"MUSTER_RUN={task.RunId}"],
            WorkingDirectory = task.Root,
            TimeLimit = (long)task.Timeout.TotalMilliseconds,
            Marker = marker,
        };
    }

    private static AgentReport.Finished Finished(AgentTask task, int? code, int? signal, string? reason)
    {
        var line = LastLine(Path.Combine(task.Directory, "stdout.log"));
        var end = signal is { } s ? $"ended by signal {s}" : code is 0 or null ? null : $"exit code {code}";
        if (reason is not null)
        {
            return new(line, new(FailureClass.Agent, reason));
        }

        if (end is not null && !File.Exists(task.OutputPath))
        {
            var error = LastLine(Path.Combine(task.Directory, "stderr.log"));
            return new(line, new(FailureClass.Agent, error.Length > 0 ? $"{end}: {error}" : end));
        }

        return new(line, null) { Warning = end }; // The file decides; the exit code is told.
    }

    /// <summary>Its keeper is gone: what it left decides if its process ended, and is given up with its process if that still runs.</summary>
    private static AgentReport.Finished LeftBehind(AgentTask task)
    {
        if (ExitRecord.Read(task.Directory) is { } exit)
        {
            return Finished(task, exit.Code, exit.Signal, exit.Reason);
        }

        var isAlive = ForsakenProcess.End(task.Directory);
        return !isAlive && File.Exists(task.OutputPath)
            ? new("Done. (Found after its keeper had gone away.)", null) { Warning = "its exit was not recorded" }
            : throw new AttemptLostException(isAlive ? "its keeper was gone, so its process was ended" : "its keeper and process are gone");
    }

    private static AgentFailure Refused(AgentTask task, int error) => error switch
    {
        Posix.TryAgain or Posix.NoMemory or Posix.TooManyInSystem or Posix.TooManyOpen =>
            new(FailureClass.Machine, $"no process could be started: {Marshal.GetPInvokeErrorMessage(error)}", TimeSpan.FromSeconds(5)),
        _ => new(FailureClass.Permanent, $"'{task.Spec!.Command[0]}' cannot be started: {Marshal.GetPInvokeErrorMessage(error)}"),
    };

    /// <summary>The last line of a file that is not blank; a file of any size and content.</summary>
    private static string LastLine(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var bytes = new byte[Math.Min(length, TailBytes)];
            var read = RandomAccess.Read(file, bytes, length - bytes.Length);
            return Encoding.UTF8.GetString(bytes, 0, read).Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.Length > 0) ?? string.Empty;
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
