using Muster.Agents.Keeping;

namespace Muster.Cli;

/// <summary>The hidden entry <c>muster keeper RUN_DIR</c>: this process becomes the run's keeper.</summary>
internal static class KeeperCommand
{
    /// <summary>Returns when the run needs no keeper any more. To be called on the main thread: orphans come to it.</summary>
    internal static int Run(string runDirectory)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("There is a keeper on Linux alone. Elsewhere commands run under the engine itself.");
            return 2;
        }

        return Keeper.Run(runDirectory);
    }
}
