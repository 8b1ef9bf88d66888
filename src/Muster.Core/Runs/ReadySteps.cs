using System.Collections;

namespace Muster.Runs;

/// <summary>The steps that could be launched now, and those that wait for their next attempt, in the order of launching.</summary>
/// <remarks>
/// Longest path first: a step's weight is its expected time and that of the coordinators above it (list scheduling by critical
/// path; Graham 1969 bounds it). Equal weights go in plan order. Heaps of twelve bytes a step: one that is taken out stays in its heap,
/// without its mark, until it comes to the top.
/// </remarks>
internal sealed class ReadySteps(int steps, int workerCount)
{
    private readonly PriorityQueue<int, (float, int)> workers = new();
    private readonly PriorityQueue<int, (float, int)> coordinators = new();
    private readonly BitArray isReady = new(steps);
    private readonly SortedSet<(long At, int Step)> waiting = [];

    /// <summary>UTC ticks at which the first waiting step may start; null when none waits.</summary>
    public long? NextAt => waiting.Count == 0 ? null : waiting.Min.At;

    /// <summary>UTC ticks, after <paramref name="now"/>, at which the next waiting step may start; null when none does.</summary>
    public long? NextAfter(long now) =>
        waiting.Count > 0 && waiting.Max.At > now ? waiting.GetViewBetween((now + 1, int.MinValue), (long.MaxValue, int.MaxValue)).Min.At : null;

    public void Add(int step, float weight)
    {
        if (!isReady[step])
        {
            isReady[step] = true;
            (step < workerCount ? workers : coordinators).Enqueue(step, (-weight, step));
        }
    }

    /// <summary>Makes room for steps up to this number.</summary>
    public void Reserve(int steps) => isReady.Length = Math.Max(isReady.Length, steps);

    public void AddAt(int step, long at) => waiting.Add((at, step));

    public void Remove(int step, long at)
    {
        isReady[step] = false;
        waiting.Remove((at, step));
    }

    /// <summary>The first step that may start at <paramref name="now"/>; -1 when there is none.</summary>
    public int First(long now)
    {
        if (waiting.Count > 0 && waiting.Min.At <= now)
        {
            return waiting.Min.Step;
        }

        return (Top(workers), Top(coordinators)) switch
        {
            ({ } worker, { } coordinator) => worker.Priority.CompareTo(coordinator.Priority) < 0 ? worker.Step : coordinator.Step,
            (var worker, var coordinator) => (worker ?? coordinator)?.Step ?? -1,
        };
    }

    /// <summary>The first worker among them; -1 when there is none.</summary>
    public int FirstWorker(long now)
    {
        foreach (var (at, step) in waiting)
        {
            if (at > now)
            {
                break;
            }

            if (step < workerCount)
            {
                return step;
            }
        }

        return Top(workers)?.Step ?? -1;
    }

    private (int Step, (float, int) Priority)? Top(PriorityQueue<int, (float, int)> heap)
    {
        while (heap.TryPeek(out var step, out var priority))
        {
            if (isReady[step])
            {
                return (step, priority);
            }

            heap.Dequeue();
        }

        return null;
    }
}
