namespace Muster.Plans;

/// <summary>Why running a plan's tasks side by side gains little.</summary>
/// <param name="Why">A full sentence.</param>
/// <param name="Instead">What to do instead, a full sentence.</param>
public sealed record FanOut(string Why, string Instead)
{
    private const int FewTasks = 5;
    private const int LeastChain = 3;

    /// <summary>Why a plan is better not run by many agents; null where it is worth it, or its tasks come from items.</summary>
    public static FanOut? WhyNot(Plan plan) => plan.Domains.SelectMany(d => d.Tasks).ToList() is var tasks && tasks.Exists(t => t.Items is not null)
        ? null
        : OfFew(tasks.Count) ?? OfChain(tasks);

    /// <summary>The specification's "fewer than 5: dispatch directly".</summary>
    internal static FanOut? OfFew(int tasks) => tasks < FewTasks
        ? new($"Fewer than {FewTasks} tasks need no orchestration.", "Dispatch them directly; this run does, without coordinators.")
        : null;

    /// <summary>More than half of the tasks wait for one another in a row. There must be no cycle.</summary>
    internal static FanOut? OfChain(IReadOnlyCollection<PlanTask> tasks)
    {
        var chain = PlanGraph.LongestChain(tasks.ToDictionary(t => t.Template.Id, t => t.Template.After, StringComparer.Ordinal));
        return chain >= LeastChain && chain * 2 > tasks.Count
            ? new($"{chain} of the {tasks.Count} tasks form a chain in which each waits for the one before.", "Running many agents gains little here: do a chain as one task, or part it.")
            : null;
    }
}
