using System.Collections.Concurrent;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>Compares everything that a run has published with its seals, before the run is told as finished and when it is taken up again.</summary>
internal static class SealCheck
{
    /// <summary>What the run must be told: each step whose file is not what was sealed, or that the files cannot be looked at.</summary>
    /// <param name="run">Does not change meanwhile.</param>
    /// <param name="directory">Where it lives.</param>
    public static Task<IReadOnlyList<RunCommand>> LookAsync(RunState run, RunDirectory directory) => Task.Run(() => Look(run, directory));

    private static IReadOnlyList<RunCommand> Look(RunState run, RunDirectory directory)
    {
        if (LostDirectory(run, directory) is { } lost)
        {
            // Everything would be missing, and all of it be paid for again.
            return [new RunCommand.PauseRun(PauseKind.Machine, $"the directory {lost} with what was published is gone; put it back, or repeat single tasks with 'muster retry'", Until: null)];
        }

        var broken = new ConcurrentBag<(int Step, string Reason)>();
        try
        {
            Parallel.For(0, run.Table.Count, step =>
            {
                if (run[step].Status is StepStatus.Verified && Fault(run, directory, step) is { } fault)
                {
                    broken.Add((step, fault));
                }
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is IOException or UnauthorizedAccessException))
        {
            return [new RunCommand.PauseRun(PauseKind.Machine, $"what was published cannot be read: {e.InnerExceptions[0].Message}", Until: null)];
        }

        return [.. broken.OrderBy(b => b.Step).Select(b => new RunCommand.DistrustStep(run.Table[b.Step].Key, run[b.Step].VerifiedAttempt, b.Reason))];
    }

    private static string? Fault(RunState run, RunDirectory directory, int step)
    {
        ref readonly var row = ref run.Table[step];
        ref readonly var state = ref run[step];
        try
        {
            SealedFile.Check(directory.Published(row.Role, row.Id), new(row.Id, state.VerifiedAttempt, state.Length, state.Sha256.ToString()));
            return null;
        }
        catch (SealException e)
        {
            return e.Message;
        }
    }

    private static string? LostDirectory(RunState run, RunDirectory directory)
    {
        var (workers, syntheses) = (directory.In("workers"), directory.In("synthesis"));
        return run.Census.Verified > 0 && !Directory.Exists(workers) ? workers
            : run.Coordinators.Verified > 0 && !Directory.Exists(syntheses) ? syntheses
            : null;
    }
}
