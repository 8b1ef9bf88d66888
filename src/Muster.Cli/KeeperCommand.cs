using System.Reflection;
using Muster.Agents.Keeping;

namespace Muster.Cli;

/// <summary><c>muster keeper</c>: the process that holds a run's agents; started by engines, not by people.</summary>
internal static class KeeperCommand
{
    public const string Name = "keeper";

    /// <summary>Program and arguments that start a keeper of this program.</summary>
    public static IReadOnlyList<string> Line { get; } = Environment.ProcessPath is { } path && !Path.GetFileName(path).StartsWith("dotnet", StringComparison.Ordinal)
        ? [path, Name]
        : [Environment.ProcessPath ?? "dotnet", Assembly.GetEntryAssembly()!.Location, Name];

    public static Task<int> RunAsync(string runDirectory) => Keeper.RunAsync(runDirectory);
}
