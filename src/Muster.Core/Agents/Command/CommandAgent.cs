using System.Runtime.CompilerServices;
using Muster.Agents.Keeping;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Agents.Command;

/// <summary>Any program: the prompt on its stdin, its task in MUSTER_ variables, the last line of its stdout what it says to its parent.</summary>
/// <remarks>
/// On Linux it runs under the run's keeper: it outlives a killed engine, is adopted by the next one, and its whole tree ends with the
/// attempt. Elsewhere it is a child of the engine and dies with it, and a process that leaves the tree may be missed.
/// </remarks>
public sealed class CommandAgent : IResumableAgent, IDisposable
{
    private const int MostKeepers = 5;

    private readonly string runDirectory;
    private readonly CommandAgentOptions options;
    private readonly KeeperClient keeper;
    private volatile bool isLettingGo;

    /// <summary>An agent for one run.</summary>
    /// <param name="runDirectory">Absolute path; its keeper lives there.</param>
    /// <param name="options">Limits; null for the usual ones.</param>
    public CommandAgent(string runDirectory, CommandAgentOptions? options = null) =>
        (this.runDirectory, this.options, keeper) = (runDirectory, options ?? new(), new(runDirectory));

    /// <inheritdoc/>
    public string Name => "command";

    /// <inheritdoc/>
    public bool StartsProcess => true;

    /// <summary>Lets go of the keeper. What runs goes on without this engine.</summary>
    public void Dispose() => keeper.Dispose();

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> RunAsync(AgentTask task, CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux()
            ? FollowAsync(task, mayRunAlready: false, cancellationToken)
            : UnkeptCommand.RunAsync(task, runDirectory, options, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentReport> AdoptAsync(AgentTask task, CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux()
            ? FollowAsync(task, mayRunAlready: true, cancellationToken) // The keeper decides by the attempt's claim, so adopting is asking again.
            : throw new AttemptLostException("its engine went away");

    /// <inheritdoc/>
    public bool HasBegun(string directory) => !OperatingSystem.IsLinux() || File.Exists(Path.Combine(directory, "attempt.json")) || File.Exists(Path.Combine(directory, "exit.json"));

    /// <inheritdoc/>
    public void LetGo() => isLettingGo = true;

    private async IAsyncEnumerable<AgentReport> FollowAsync(
        AgentTask task, bool mayRunAlready, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (CommandReports.Unusable(task) is { } unusable)
        {
            yield return unusable;
            yield break;
        }

        for (var tries = 0; tries < MostKeepers; tries++)
        {
            if (!mayRunAlready || tries > 0)
            {
                cancellationToken.ThrowIfCancellationRequested(); // An adopted attempt must be ended first: 'muster cancel' comes at once.
            }

            if (AttemptEnd.Read(task.Directory) is { } recorded)
            {
                yield return Ended(task, recorded);
                yield break;
            }

            // Connecting is not cut short: a cancelled attempt that may already run must first be ended.
            var connection = await keeper.ConnectAsync(CancellationToken.None);
            var (id, events) = connection.Follow(Order(task));
            using var silence = new CancellationTokenSource();
            await using var kill = cancellationToken.Register(() =>
            {
                if (isLettingGo)
                {
                    connection.Forget(id);
                    return;
                }

                connection.Kill(id);
                silence.CancelAfter(options.Grace + options.Answer);
            });
            await foreach (var e in connection.EventsAsync(events, silence.Token))
            {
                if (e is { Ended: null, Lost: null })
                {
                    yield return e.Started is { } origin
                        ? new AgentReport.Started(origin.Pid, origin.StartTime)
                        : new AgentReport.Progress(null);
                    continue;
                }

                connection.Forget(id);
                cancellationToken.ThrowIfCancellationRequested();
                yield return e.Ended is { } end ? Ended(task, end) : Lost(task, e.Lost!);
                yield break;
            }
        }

        throw new IOException("Its keeper has died again and again.");
    }

    private KeeperRequest Order(AgentTask task) => new()
    {
        Id = 0,
        Directory = task.Directory,
        Arguments = task.Spec!.Command,
        Environment = [.. CommandEnvironment.Of(task, runDirectory).Select(pair => $"{pair.Key}={pair.Value}")],
        WorkingDirectory = task.Root,
        Marker = CommandEnvironment.Marker(task),
        Limit = (long)task.Timeout.TotalMilliseconds,
        MaxFileBytes = options.MaxFileBytes,
        MaxStreamBytes = options.MaxStreamBytes,
        Grace = (long)options.Grace.TotalMilliseconds,
    };

    /// <summary>An attempt that an engine had ended says nothing about its agent: it is done again without using up a retry.</summary>
    private static AgentReport.Finished Ended(AgentTask task, AttemptEnd end) => end.WasCancelled
        ? throw new AttemptLostException(end.Reason!)
        : CommandReports.Finished(task, end);

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
