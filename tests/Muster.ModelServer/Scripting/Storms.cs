namespace Muster.Loopback.Scripting;

/// <summary>The storms that rage, or will.</summary>
internal sealed class Storms(TimeProvider time)
{
    private readonly List<(Storm Storm, long Ordered, int[] Hit)> storms = [];
    private volatile bool any;

    public void Add(Storm storm)
    {
        lock (storms)
        {
            storms.Add((storm, time.GetTimestamp(), [0]));
            any = true;
        }
    }

    /// <summary>What this request gets; null: nothing rages.</summary>
    public StepFault? Next()
    {
        if (!any)
        {
            return null;
        }

        lock (storms)
        {
            foreach (var (storm, ordered, hit) in storms)
            {
                var age = time.GetElapsedTime(ordered) - storm.After;
                if (age >= TimeSpan.Zero && (storm.Duration is null || age < storm.Duration) && (storm.Requests is null || hit[0] < storm.Requests))
                {
                    hit[0]++;
                    return storm.Fault;
                }
            }
        }

        return null;
    }
}
