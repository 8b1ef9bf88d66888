namespace Muster.Dispatch;

/// <summary>Ends an attempt that makes no progress, and one that runs past its hard ceiling. Durations are monotonic.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly TimeProvider time;
    private readonly TimeSpan idle;
    private readonly string outputPath;
    private readonly CancellationTokenSource stop;
    private readonly ITimer idleTimer;
    private readonly ITimer ceilingTimer;
    private long lastProgress;
    private long lastLength;
    private bool isOver;

    /// <summary>Starts to watch.</summary>
    /// <param name="time">Time.</param>
    /// <param name="idle">Longest time without a report of the agent or growth of its file.</param>
    /// <param name="ceiling">Longest time in all.</param>
    /// <param name="outputPath">The file whose growth counts as progress.</param>
    /// <param name="cancellationToken">Ends the attempt from outside.</param>
    public Watchdog(
        TimeProvider time, TimeSpan idle, TimeSpan ceiling, string outputPath, CancellationToken cancellationToken)
    {
        (this.time, this.idle, this.outputPath) = (time, idle, outputPath);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lastProgress = time.GetTimestamp();
        idleTimer = time.CreateTimer(_ => Look(), null, idle, Timeout.InfiniteTimeSpan);
        ceilingTimer = time.CreateTimer(
            _ => End($"it ran past its ceiling of {Words(ceiling)}"), null, ceiling, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the attempt must end.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Why the watchdog ended it; null when it did not.</summary>
    public string? Reason { get; private set; }

    /// <summary>The agent reported something.</summary>
    public void Progress() => Volatile.Write(ref lastProgress, time.GetTimestamp());

    /// <summary>Ends the attempt for a reason of the caller's.</summary>
    public void End(string reason)
    {
        lock (stop) // A timer may fire while the attempt ends.
        {
            if (!isOver)
            {
                Reason ??= reason;
                stop.Cancel();
            }
        }
    }

    public void Dispose()
    {
        idleTimer.Dispose();
        ceilingTimer.Dispose();
        lock (stop)
        {
            isOver = true;
            stop.Dispose();
        }
    }

    private static string Words(TimeSpan span) => span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0.#} min" : $"{span.TotalSeconds:0.#} s";

    private void Look()
    {
        var file = new FileInfo(outputPath);
        if (file.Exists && file.Length > lastLength)
        {
            lastLength = file.Length;
            Progress();
        }

        var left = idle - time.GetElapsedTime(Volatile.Read(ref lastProgress));
        if (left <= TimeSpan.Zero)
        {
            End($"it made no progress for {Words(idle)}");
        }
        else
        {
            lock (stop)
            {
                _ = isOver || idleTimer.Change(left, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
