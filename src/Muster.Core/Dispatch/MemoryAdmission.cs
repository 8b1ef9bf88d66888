namespace Muster.Dispatch;

/// <summary>Lets an attempt that starts a process begin only where memory is left for it: a machine out of memory kills at random.</summary>
/// <remarks>Used by the loop alone. A reading serves for half a second: what begins in that time has its share set aside, for it has not taken it yet.</remarks>
public sealed class MemoryAdmission
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly DispatchOptions options;
    private readonly TimeProvider time;
    private readonly Func<long?> available;
    private long? readAt;
    private long? left;
    private int startedSince;
    private bool wasTold;

    /// <summary>Admission by this machine's memory.</summary>
    public MemoryAdmission(DispatchOptions options, TimeProvider time)
        : this(options, time, () => AvailableMemory.Read())
    {
    }

    internal MemoryAdmission(DispatchOptions options, TimeProvider time, Func<long?> available) =>
        (this.options, this.time, this.available) = (options, time, available);

    /// <summary>Whether one more process may start.</summary>
    /// <param name="live">Attempts under way. With none, one always may: waiting would never end.</param>
    /// <param name="tell">Told once, in words for a person, that starts wait.</param>
    public bool Admits(int live, Action<string>? tell)
    {
        if (options.MemoryPerProcess == 0 || Fits(live) || live == 0)
        {
            startedSince++;
            return true;
        }

        if (!wasTold)
        {
            wasTold = true;
            tell?.Invoke($"Memory is short: {left >> 20:N0} MB are left, and a process starts only with {(options.MemoryFloor + options.MemoryPerProcess) >> 20:N0} MB. "
                + $"{live:N0} run on; more are started as memory gets free ('--process-memory' sets what is kept for one).");
        }

        return false;
    }

    private bool Fits(int live)
    {
        if (readAt is not { } at || time.GetElapsedTime(at) >= Fresh)
        {
            (left, readAt, startedSince) = (available(), time.GetTimestamp(), 0);
        }

        // Those that began since the reading have not taken theirs yet, as far as they have not ended again.
        return left is not { } bytes || bytes - (options.MemoryPerProcess * (Math.Min(startedSince, live) + 1)) >= options.MemoryFloor;
    }
}
