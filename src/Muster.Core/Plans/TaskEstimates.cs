using Muster.Agents.Inspect;

namespace Muster.Plans;

/// <summary>
/// How long each task of a plan is expected to take, so that the longest path can go first: as the plan says, else as the task took in an
/// earlier run, else by the size of its scope.
/// </summary>
/// <remarks>
/// The sources are made comparable so: a scope of the median size is expected to take the median of the times that are known, and others
/// in proportion, at most ten times more or less. Where no time is known at all, the median is called a minute: only the order matters then.
/// </remarks>
public sealed class TaskEstimates
{
    /// <summary>Above this many tasks no scope is measured: equal tasks of a million need no order.</summary>
    private const int MostMeasured = 10_000;

    private const double Minute = 60, Widest = 10;

    private readonly TaskDurations? earlier;
    private readonly ScopeSizes? sizes;
    private readonly double medianSeconds;
    private readonly double medianBytes;
    private readonly bool hasTimes;

    private TaskEstimates(TaskDurations? earlier, ScopeSizes? sizes, double medianSeconds, double medianBytes, bool hasTimes) =>
        (this.earlier, this.sizes, this.medianSeconds, this.medianBytes, this.hasTimes) = (earlier, sizes, medianSeconds, medianBytes, hasTimes);

    /// <summary>Tasks whose estimate the plan gives, so far.</summary>
    public int FromPlan { get; private set; }

    /// <summary>Tasks that are expected to take what they took before, so far.</summary>
    public int FromEarlier { get; private set; }

    /// <summary>Tasks that are judged by their scope, so far.</summary>
    public int FromScope { get; private set; }

    /// <summary>Tasks that count as the median for want of anything better, so far.</summary>
    public int Unknown { get; private set; }

    /// <summary>The earlier run that is gone by; null when there is none.</summary>
    public string? EarlierRun => earlier?.RunId;

    /// <summary>How long a coordinator is expected to take, in seconds: the median of an earlier run's, else a median task's. 0: nothing is known.</summary>
    public double CoordinatorSeconds => earlier?.Coordinator ?? (hasTimes || sizes is not null ? medianSeconds : 0);

    /// <summary>Looks at the plan, at the times of an earlier run and, where they do not say all, once at the tree.</summary>
    /// <param name="plan">A checked plan.</param>
    /// <param name="earlier">Of an earlier run of it; null when there is none.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <exception cref="PlanException">An item or id is wrong.</exception>
    public static async Task<TaskEstimates> OfAsync(Plan plan, TaskDurations? earlier, CancellationToken cancellationToken)
    {
        var (count, times) = (0, new List<(double Seconds, TaskSpec Task)>());
        var open = new List<TaskSpec>();
        foreach (var task in plan.Expand())
        {
            if (++count > MostMeasured)
            {
                break; // The first ones tell what is usual.
            }

            if (Known(task, earlier) is { } seconds)
            {
                times.Add((seconds, task));
            }
            else
            {
                open.Add(task);
            }
        }

        var median = times.Count == 0 ? Minute : times.Select(t => t.Seconds).Order().ElementAt(times.Count / 2);
        if (count > MostMeasured || open.Count == 0)
        {
            return new(earlier, null, median, 0, times.Count > 0);
        }

        var sizes = new ScopeSizes((await SourceTreeReader.ReadAsync(plan.Root, cancellationToken)).Files);
        var bytes = (times.Count > 0 ? times.Select(t => t.Task) : open).Select(task => sizes.Of(task.Scope)).OfType<long>().Order().ToList();
        return new(earlier, sizes, median, bytes.Count == 0 ? 0 : bytes[bytes.Count / 2], times.Count > 0);
    }

    /// <summary>The task with its estimate, and counts where it comes from. To be asked once a task.</summary>
    public TaskSpec Apply(TaskSpec task)
    {
        if (task.Estimate is not null)
        {
            FromPlan++;
            return task;
        }

        if (Known(task, earlier) is { } seconds)
        {
            FromEarlier++;
            return With(task, seconds);
        }

        if (sizes?.Of(task.Scope) is { } bytes && medianBytes > 0)
        {
            FromScope++;
            return With(task, medianSeconds * Math.Clamp(bytes / medianBytes, 1 / Widest, Widest));
        }

        Unknown++;
        return hasTimes || sizes is not null ? With(task, medianSeconds) : task;
    }

    private static double? Known(TaskSpec task, TaskDurations? earlier) => task.Estimate?.TotalSeconds ?? earlier?.Of(task.Id);

    private static TaskSpec With(TaskSpec task, double seconds) => task with { Estimate = TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(seconds * 1_000))) };
}
