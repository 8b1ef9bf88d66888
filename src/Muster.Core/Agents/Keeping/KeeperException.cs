namespace Muster.Agents.Keeping;

/// <summary>A run's keeper that cannot be reached.</summary>
public sealed class KeeperException : MusterException
{
    private KeeperException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static KeeperException NotStarted(string runDirectory, string why) => new(
        $"The keeper of the run in {runDirectory} could not be started: {why}.",
        $"See {Path.Combine(runDirectory, "keeper.log")}, and whether this machine can start more processes.");
}
