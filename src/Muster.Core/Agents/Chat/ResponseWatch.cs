namespace Muster.Agents.Chat;

/// <summary>Watches that a response goes on: cancels it when no byte comes for too long, and tells while bytes come.</summary>
/// <remarks>Bytes count, not events: a provider that thinks sends pings, which the clients above do not pass on. It flows with the call.</remarks>
internal sealed class ResponseWatch : IDisposable
{
    private static readonly AsyncLocal<ResponseWatch?> Flowing = new();
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(15);

    private readonly TimeProvider time;
    private readonly TimeSpan idle;
    private readonly Action alive;
    private readonly CancellationTokenSource stop;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly TimeSpan step;
    private long lastByte;
    private long toldUpTo;
    private bool isOver;

    /// <summary>Begins to watch the call that the current flow makes.</summary>
    /// <param name="time">Time.</param>
    /// <param name="idle">Longest time without a byte.</param>
    /// <param name="alive">Told now and then while bytes come.</param>
    /// <param name="cancellationToken">Ends the call from outside.</param>
    public ResponseWatch(TimeProvider time, TimeSpan idle, Action alive, CancellationToken cancellationToken)
    {
        (this.time, this.idle, this.alive) = (time, idle, alive);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lastByte = toldUpTo = time.GetTimestamp();
        step = idle / 4 < LongestStep ? idle / 4 : LongestStep;
        timer = time.CreateTimer(_ => Look(), null, step, step);
        Flowing.Value = this;
    }

    /// <summary>The watch of the call that is being made; null outside of one.</summary>
    public static ResponseWatch? Current => Flowing.Value;

    /// <summary>Cancelled when the call must end.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Whether it was ended for its silence.</summary>
    public bool WasSilent { get; private set; }

    /// <summary>Whether the provider answered with a success: from here on the call may cost something.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The answer's head came, and it is a success.</summary>
    public void Begin()
    {
        HasBegun = true;
        Alive();
    }

    /// <summary>Bytes came.</summary>
    public void Alive() => Volatile.Write(ref lastByte, time.GetTimestamp());

    /// <inheritdoc/>
    public void Dispose()
    {
        Flowing.Value = null;
        timer.Dispose();
        lock (gate)
        {
            isOver = true;
            stop.Dispose();
        }
    }

    private void Look()
    {
        var last = Volatile.Read(ref lastByte);
        if (last > toldUpTo)
        {
            toldUpTo = last;
            alive();
        }

        if (time.GetElapsedTime(last) < idle)
        {
            return;
        }

        lock (gate)
        {
            if (!isOver)
            {
                WasSilent = true;
                stop.Cancel();
            }
        }
    }
}
