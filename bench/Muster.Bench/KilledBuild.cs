using System.Diagnostics;
using Muster.Runs;

namespace Muster.Bench;

/// <summary>The engine is killed in every stage of a build and started again at once: how long it takes until the step that was under way is at work again, or is known to be done.</summary>
internal static class KilledBuild
{
    private const int Modules = 20;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>Beginnings of the keys of the steps that it is killed in, in order.</summary>
    private static readonly string[] Steps = ["architect/", "bootstrap", "scaffold/", "build/", "check/", "qc/", "merge/", "harden", "ship/", "land/", "curate"];

    public static async Task<int> RunAsync()
    {
        using var home = new BenchDirectory();
        var build = new BenchBuild(home, Modules, Delay);
        var process = MusterProgram.Start(build.Begin);
        Console.WriteLine($"{Modules} modules on 20,000 files, killed in each stage and resumed at once; seconds from the kill until the step is at work again or known to be done");
        foreach (var step in Steps)
        {
            process = await UntilAsync(build, process, step);
            process.Kill();
            await process.WaitForExitAsync();
            var killed = Stopwatch.GetTimestamp();
            var version = build.Journal()[^1].Version;
            process = MusterProgram.Start(build.Resume);
            while (!build.Journal().Any(entry => entry.Version > version && IsAbout(entry.Event, step)))
            {
                if (process.HasExited)
                {
                    throw new InvalidOperationException($"The engine ended instead of going on with {step}: {await process.StandardOutput.ReadToEndAsync()}");
                }

                await Task.Delay(5);
            }

            Console.WriteLine($"{step.TrimEnd('/'),-10} {Stopwatch.GetElapsedTime(killed).TotalSeconds,6:0.00}");
        }

        await process.WaitForExitAsync();
        Console.WriteLine(process.ExitCode == 0 ? "and the build is complete" : $"the build ended with {process.ExitCode}");
        return process.ExitCode;
    }

    /// <summary>Lets the build go on, through its gates, until a step that begins so is under way.</summary>
    private static async Task<Process> UntilAsync(BenchBuild build, Process process, string step)
    {
        while (!build.Journal().Any(entry => entry.Event is RunEvent.AttemptStarted started && started.Step.StartsWith(step, StringComparison.Ordinal)))
        {
            if (process.HasExited)
            {
                if (!build.Approve())
                {
                    throw new InvalidOperationException($"The build ended with {process.ExitCode} before {step}.");
                }

                process = MusterProgram.Start(build.Resume);
            }

            await Task.Delay(10);
        }

        return process;
    }

    private static bool IsAbout(RunEvent e, string step) => e switch
    {
        RunEvent.AttemptStarted started => started.Step.StartsWith(step, StringComparison.Ordinal),
        RunEvent.AttemptVerified verified => verified.Step.StartsWith(step, StringComparison.Ordinal),
        _ => false,
    };
}
