using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Muster.Agents.Keeping;

/// <summary>The programs of one agent's attempts in a run, each held by the run's keeper.</summary>
/// <remarks>
/// On Linux a program outlives a killed engine, is adopted by the next one, and its whole tree ends with the attempt. Elsewhere it is a
/// child of the engine and dies with it, and a process that leaves the tree may be missed.
/// </remarks>
internal sealed class KeptPrograms(string runDirectory, KeepingOptions options) : IDisposable
{
    private const int MostKeepers = 5;

    private readonly KeeperClient keeper = new(runDirectory);
    private volatile bool isLettingGo;

    /// <summary>The attempt's name, which no other attempt has: run/step/number. Its processes are found by it.</summary>
    public static string Marker(AgentTask task) => $"{task.RunId}/{task.Step}/{task.Attempt}";

    /// <summary>Whether a program was ever started for the directory.</summary>
    public static bool HasBegun(string directory) =>
        !OperatingSystem.IsLinux() || File.Exists(Path.Combine(directory, "attempt.json")) || File.Exists(Path.Combine(directory, "exit.json"));

    /// <summary>From here on, stopping an attempt leaves what it started to the next engine.</summary>
    public void LetGo() => isLettingGo = true;

    /// <summary>Lets go of the keeper. What runs goes on without this engine.</summary>
    public void Dispose() => keeper.Dispose();

    /// <summary>What to start for an attempt, within the limits.</summary>
    /// <param name="task">The attempt.</param>
    /// <param name="directory">Where its prompt.md, its logs and its records are.</param>
    /// <param name="workingDirectory">Where it works.</param>
    /// <param name="arguments">Program and arguments.</param>
    /// <param name="environment">NAME=value each; nothing else is inherited.</param>
    public KeeperRequest Order(
        AgentTask task, string directory, string workingDirectory, ImmutableArray<string> arguments, IEnumerable<string> environment) => new()
        {
            Id = 0,
            Directory = directory,
            Arguments = arguments,
            Environment = [.. environment],
            WorkingDirectory = workingDirectory,
            Marker = Marker(task),
            Limit = (long)task.Timeout.TotalMilliseconds,
            MaxFileBytes = options.MaxFileBytes,
            MaxStreamBytes = options.MaxStreamBytes,
            Grace = (long)options.Grace.TotalMilliseconds,
        };

    /// <summary>Runs a program, or follows it where it runs already; the last event is how it ended or was lost.</summary>
    /// <param name="order">What to run.</param>
    /// <param name="mayRunAlready">Whether an earlier engine may have started it.</param>
    /// <param name="cancellationToken">Ends the program and its whole tree.</param>
    /// <exception cref="AttemptLostException">An engine ended it, which says nothing of its agent; or its keeper does not answer.</exception>
    /// <exception cref="IOException">No keeper lives.</exception>
    public IAsyncEnumerable<KeeperEvent> RunAsync(KeeperRequest order, bool mayRunAlready, CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux() ? FollowAsync(order, mayRunAlready, cancellationToken)
        : mayRunAlready ? throw new AttemptLostException("its engine went away")
        : UnkeptProgram.RunAsync(order, cancellationToken);

    private async IAsyncEnumerable<KeeperEvent> FollowAsync(
        KeeperRequest order, bool mayRunAlready, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostKeepers; tries++)
        {
            if (!mayRunAlready || tries > 0)
            {
                cancellationToken.ThrowIfCancellationRequested(); // An adopted attempt must be ended first: 'muster cancel' comes at once.
            }

            if (AttemptEnd.Read(order.Directory) is { } recorded)
            {
                yield return new(0) { Ended = Told(recorded) };
                yield break;
            }

            // Connecting is not cut short: a cancelled attempt that may already run must first be ended.
            var connection = await keeper.ConnectAsync(CancellationToken.None);
            var (id, events) = connection.Follow(order);
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
                    yield return e;
                    continue;
                }

                connection.Forget(id);
                cancellationToken.ThrowIfCancellationRequested();
                yield return e.Ended is { } end ? e with { Ended = Told(end) } : e;
                yield break;
            }
        }

        throw new IOException("Its keeper has died again and again.");
    }

    /// <summary>An attempt that an engine had ended says nothing about its agent: it is done again without using up a retry.</summary>
    private static AttemptEnd Told(AttemptEnd end) => end.WasCancelled ? throw new AttemptLostException(end.Reason!) : end;
}
