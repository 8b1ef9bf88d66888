namespace Muster.Tests.Simulation;

/// <summary>Runs tasks one at a time on the simulation's thread, in an order that the seed decides.</summary>
internal sealed class SimulatedScheduler(Random chance) : TaskScheduler
{
    private readonly List<Task> queue = [];

    public bool RunOne()
    {
        if (queue.Count == 0)
        {
            return false;
        }

        var index = chance.Next(queue.Count);
        var task = queue[index];
        queue.RemoveAt(index);
        TryExecuteTask(task);
        return true;
    }

    protected override void QueueTask(Task task) => queue.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => queue;
}
