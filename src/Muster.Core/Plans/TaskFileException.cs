namespace Muster.Plans;

/// <summary>A run's file of expanded tasks that is not what was planned.</summary>
public sealed class TaskFileException : MusterException
{
    private TaskFileException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static TaskFileException Changed(string path) => new(
        $"The tasks file {path} is not what the run was planned with: its hash differs.",
        "Put the original back; to run an edited plan, use 'muster resume RUN --amend PLAN'.");

    internal static TaskFileException Unreadable(string path, Exception inner) => new(
        $"The tasks file {path} cannot be read: {inner.Message}",
        "Put it back from a backup of the run directory; without it the run can be looked at but not go on.",
        inner);
}
