namespace Muster.Tests.Simulation;

/// <summary>Time that passes only when the simulation has nothing else to do; its wall clock may jump, its timestamps never.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private readonly PriorityQueue<SimulatedTimer, (long At, long Order)> timers = new();
    private long order;

    public long Ticks { get; private set; }

    public TimeSpan WallOffset { get; set; }

    /// <summary>How late the next timer fires: a starved machine, or a laptop that slept. Never negative.</summary>
    public Func<TimeSpan> Lateness { get; set; } = () => TimeSpan.Zero;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(Ticks) + WallOffset;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer and fires it; false when there is none.</summary>
    public bool FireNext()
    {
        while (timers.TryDequeue(out var timer, out var due))
        {
            if (timer.Due == due)
            {
                Ticks = Math.Max(Ticks, due.At) + Lateness().Ticks;
                timer.Due = null;
                timer.Fire();
                return true;
            }
        }

        return false;
    }

    private sealed class SimulatedTimer(SimulatedTime time, Action fire) : ITimer
    {
        public (long At, long Order)? Due { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : (time.Ticks + dueTime.Ticks, time.order++);
            if (Due is { } due)
            {
                time.timers.Enqueue(this, due);
            }

            return true;
        }

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
