using System.Collections.Concurrent;

namespace Muster.Agents.Keeping;

/// <summary>Starts processes one after the other on a thread of its own.</summary>
/// <remarks>
/// The system holds the thread that starts a process until the new one has become its program, longer than all else that the keeper does
/// for an attempt; and the limits on this process that mark the new one can only be set for one start at a time.
/// </remarks>
internal sealed class Spawner : IDisposable
{
    private readonly BlockingCollection<(KeptAttempt Attempt, SpawnOrder Order)> orders = [];
    private readonly ConcurrentQueue<SpawnResult> results = [];
    private readonly Thread thread;
    private int underWay;

    /// <summary>Starts the thread, which lives as long as this: its children would come to another thread if it ended.</summary>
    public Spawner()
    {
        WakeFile = LinuxCalls.OpenEvent();
        thread = new(Work) { Name = "spawner", IsBackground = true };
        thread.Start();
    }

    /// <summary>A descriptor that is readable when there are results.</summary>
    public int WakeFile { get; }

    /// <summary>Whether a process may exist of which <see cref="TryTake"/> has not told yet.</summary>
    public bool IsBusy => Volatile.Read(ref underWay) > 0;

    /// <summary>Has a process started; its result comes later.</summary>
    public void Start(KeptAttempt attempt, SpawnOrder order)
    {
        Interlocked.Increment(ref underWay);
        orders.Add((attempt, order));
    }

    /// <summary>Takes one result, if there is one.</summary>
    public bool TryTake(out SpawnResult result)
    {
        var any = results.TryDequeue(out result);
        if (any)
        {
            Interlocked.Decrement(ref underWay);
        }

        return any;
    }

    public void Dispose()
    {
        orders.CompleteAdding();
        thread.Join();
        orders.Dispose();
        _ = LinuxCalls.Close(WakeFile);
    }

    private void Work()
    {
        foreach (var (attempt, order) in orders.GetConsumingEnumerable())
        {
            // A hard limit may always be lowered: each attempt gets a byte less than the one before, and is known by it.
            _ = LinuxCalls.SetOwnFileSizeLimit(Math.Min((ulong)attempt.Order.MaxFileBytes, attempt.Tag), attempt.Tag);
            var error = LinuxCalls.Spawn(order, out var pid);
            _ = LinuxCalls.SetOwnFileSizeLimit(attempt.Tag, attempt.Tag);
            results.Enqueue(new(attempt, pid, error));
            LinuxCalls.RaiseEvent(WakeFile);
        }
    }
}
