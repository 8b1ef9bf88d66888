namespace Muster.Runs;

/// <summary>The steps that could be launched now, and those that wait for their next attempt, in the order of launching.</summary>
/// <remarks>
/// Longest path first: a step's weight is its expected time and that of the coordinators above it (list scheduling by critical
/// path; Graham 1969 bounds it). Equal weights go in plan order.
/// </remarks>
internal sealed class ReadySteps
{
    private readonly SortedSet<(float Weight, int Step)> ready = [];
    private readonly SortedSet<(long At, int Step)> waiting = [];

    public int Count => ready.Count;

    /// <summary>UTC ticks at which the first waiting step may start; null when none waits.</summary>
    public long? NextAt => waiting.Count == 0 ? null : waiting.Min.At;

    /// <summary>UTC ticks, after <paramref name="now"/>, at which the next waiting step may start; null when none does.</summary>
    public long? NextAfter(long now) =>
        waiting.Count > 0 && waiting.Max.At > now ? waiting.GetViewBetween((now + 1, int.MinValue), (long.MaxValue, int.MaxValue)).Min.At : null;

    public void Add(int step, float weight) => ready.Add((-weight, step));

    public void AddAt(int step, long at) => waiting.Add((at, step));

    public void Remove(int step, float weight, long at)
    {
        ready.Remove((-weight, step));
        waiting.Remove((at, step));
    }

    /// <summary>The first step that may start at <paramref name="now"/>; -1 when there is none.</summary>
    public int First(long now) =>
        waiting.Count > 0 && waiting.Min.At <= now ? waiting.Min.Step : ready.Count > 0 ? ready.Min.Step : -1;

    /// <summary>The first one below <paramref name="limit"/>, that is, the first worker; -1 when there is none.</summary>
    public int FirstBelow(long now, int limit)
    {
        foreach (var (at, step) in waiting)
        {
            if (at > now)
            {
                break;
            }

            if (step < limit)
            {
                return step;
            }
        }

        foreach (var (_, step) in ready)
        {
            if (step < limit)
            {
                return step;
            }
        }

        return -1;
    }
}
