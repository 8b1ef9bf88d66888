using System.Diagnostics;

namespace Muster.Bench;

/// <summary>The built command, run as a user runs it.</summary>
internal static class MusterProgram
{
    public static string Path { get; } = Find();

    public static Process Start(params IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it printed.</returns>
    public static string Run(params IEnumerable<string> arguments) => Run(Path, arguments);

    /// <summary>The same with any program.</summary>
    public static string Run(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {said}");
    }

    private static string Find()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = System.IO.Path.GetDirectoryName(at))
        {
            if (System.IO.Path.Combine(at, "artifacts", "bin", "Muster.Cli", "release", "muster") is var path && File.Exists(path))
            {
                return path;
            }
        }

        throw new InvalidOperationException("Build the command first: dotnet build src/Muster.Cli -c Release");
    }
}
