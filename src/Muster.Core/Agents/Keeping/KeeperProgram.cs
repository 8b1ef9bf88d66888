using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace Muster.Agents.Keeping;

/// <summary>How the keeper is started: this program again, detached.</summary>
internal static class KeeperProgram
{
    /// <summary>Starts a keeper for a run, in a session of its own; its complaints go to keeper.log.</summary>
    /// <returns>Its process id.</returns>
    public static int Start(string runDirectory)
    {
        ImmutableArray<string> arguments = [.. Self(), "keeper", runDirectory];
        var log = Path.Combine(runDirectory, "keeper.log");
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => $"{e.Key}={e.Value}").ToImmutableArray();
        var error = LinuxCalls.Spawn(
            new(arguments[0], arguments, environment, runDirectory, "/dev/null", log, log, Inheritable()), out var pid);
        return error == 0 ? pid : throw new IOException($"The keeper cannot be started: {arguments[0]} (error {error}).");
    }

    private static IEnumerable<string> Self()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "muster");
        if (Assembly.GetEntryAssembly()?.GetName().Name != "muster" && File.Exists(beside))
        {
            return [beside]; // A test or a benchmark hosts us.
        }

        var process = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, Environment.GetCommandLineArgs()[0]] : [process];
    }

    /// <summary>Descriptors that whoever started us left open for our children: the keeper would hold their pipes open for hours.</summary>
    private static ImmutableArray<int> Inheritable() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            .Where(file => file > 2 && LinuxCalls.Control(file, 1) == 0)];
}
