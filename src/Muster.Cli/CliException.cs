namespace Muster.Cli;

/// <summary>Something that was asked for on the command line and cannot be done.</summary>
internal sealed class CliException : MusterException
{
    private CliException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    public static CliException NoRuns(string runs) => new($"There is no run in {runs}.", "Start one with 'muster audit .'; '--runs DIR' or MUSTER_RUNS names another place.");

    public static CliException NoSuchRun(string run, string runs) => new($"No run in {runs} begins with '{run}'.", "List them with 'muster list'.");

    public static CliException Ambiguous(string run, int count) => new($"{count} runs begin with '{run}'.", "Give more of the id; 'muster list' shows them.");

    public static CliException NoRoot(string path, bool isFile) => new(
        isFile ? $"{path} is a file." : $"There is no directory {path}.", "Name the directory to audit: 'muster audit PATH'.");

    public static CliException Unreadable(string path) => new($"The directory {path} may not be read.", "Run as a user who may, or audit another directory.");

    public static CliException NoSuchTask(string task, string run) => new($"Run {run} has no task or synthesis '{task}'.", $"List them with 'muster show {run}'.");

    public static CliException NotFinished(string run, string status) => new(
        $"Run {run} is {status}: it has not ended.", "Wait for it, or end it with 'muster cancel', before you remove it; '--force' removes it all the same.");

    public static CliException Kept(string run) => new(
        $"Run {run} has agents that are still at work: their keeper outlives its engine.", "End them with 'muster cancel', or wait for them, before you remove the run.");

    public static CliException Exists(string path) => new($"{path} exists already.", "Name a file that does not exist yet.");
}
