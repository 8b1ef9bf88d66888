namespace Muster.Plans;

/// <summary>A run's file of expanded tasks that is not what was planned.</summary>
public sealed class TaskFileException : MusterException
{
    private TaskFileException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static TaskFileException Changed(string path, Exception? inner = null) => new(
        $"The tasks file {path} is not what the run was planned with.",
        $"Put the original back from a backup; without it start anew with 'muster run {System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? ".", "plan.yaml")}'. What is published in workers/ can be read as it is.",
        inner);

    internal static TaskFileException Unreadable(string path, Exception inner) => new(
        $"The tasks file {path} cannot be read: {inner.Message.TrimEnd('.')}.",
        "Put it back from a backup of the run directory; what is published in workers/ can be read as it is.",
        inner);
}
