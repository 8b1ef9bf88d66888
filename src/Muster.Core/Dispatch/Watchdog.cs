namespace Muster.Dispatch;

/// <summary>Ends an attempt that makes no progress, and one that runs past its hard ceiling.</summary>
/// <remarks>
/// Counts the time in which this engine was awake to see progress: it looks every few seconds, and when a look comes late (a laptop
/// slept, the machine had no processor to spare), the delay counts for nothing.
/// </remarks>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private readonly TimeProvider time;
    private readonly TimeSpan idle;
    private readonly TimeSpan ceiling;
    private readonly string outputPath;
    private readonly CancellationTokenSource stop;
    private readonly ITimer timer;
    private TimeSpan idleLeft;
    private TimeSpan ceilingLeft;
    private TimeSpan step;
    private long lastLook;
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
        (this.time, this.idle, this.ceiling, this.outputPath) = (time, idle, ceiling, outputPath);
        (idleLeft, ceilingLeft) = (idle, ceiling);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lastLook = lastProgress = time.GetTimestamp();
        step = NextStep();
        timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(step, Timeout.InfiniteTimeSpan);
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
        lock (stop) // The timer may fire while the attempt ends.
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
        timer.Dispose();
        lock (stop)
        {
            isOver = true;
            stop.Dispose();
        }
    }

    private static string Words(TimeSpan span) => span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0.#} min" : $"{span.TotalSeconds:0.#} s";

    private TimeSpan NextStep()
    {
        var next = idleLeft < ceilingLeft ? idleLeft : ceilingLeft;
        return next < LongestStep ? next : LongestStep;
    }

    private void Look()
    {
        var file = new FileInfo(outputPath);
        if (file.Exists && file.Length > lastLength)
        {
            lastLength = file.Length;
            Progress();
        }

        var (before, passed) = (lastLook, time.GetElapsedTime(lastLook));
        lastLook = time.GetTimestamp();
        var counted = passed > step + Tolerance ? step : passed;
        ceilingLeft -= counted;
        var progress = Volatile.Read(ref lastProgress);
        idleLeft = progress < before ? idleLeft - counted
            : counted < passed ? idle
            : idle - time.GetElapsedTime(progress, lastLook);
        if (ceilingLeft <= TimeSpan.Zero)
        {
            End($"it ran past its ceiling of {Words(ceiling)}");
        }
        else if (idleLeft <= TimeSpan.Zero)
        {
            End($"it made no progress for {Words(idle)}");
        }
        else
        {
            step = NextStep();
            timer.Change(step, Timeout.InfiniteTimeSpan);
        }
    }
}
