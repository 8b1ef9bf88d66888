using System.Collections.Immutable;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>Reads what an attempt needs from the state: its files with their seals, its gaps, its denominator.</summary>
internal static class AttemptInputsReader
{
    public static AttemptInputs Read(RunState run, AttemptOrder order)
    {
        var row = run.Table[order.Step];
        var files = ImmutableArray.CreateBuilder<SealedInput>();
        var gaps = ImmutableArray.CreateBuilder<string>();
        var (planned, verified) = (0, 0);
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            AddFile(run, child, files, gaps);
            var (below, there) = WorkersBelow(run, child);
            (planned, verified) = (planned + below, verified + there);
        }

        foreach (var before in row.After ?? [])
        {
            AddFile(run, before, files, gaps);
        }

        return new(files.ToImmutable(), gaps.ToImmutable(), planned, verified);
    }

    private static void AddFile(
        RunState run, int step, ImmutableArray<SealedInput>.Builder files, ImmutableArray<string>.Builder gaps)
    {
        ref readonly var state = ref run[step];
        if (state.Status is StepStatus.Verified)
        {
            files.Add(new(step, state.VerifiedAttempt, state.Length, state.Sha256));
        }
        else
        {
            gaps.Add($"{run.Table[step].Id}: {run.ReasonOf(step) ?? "not done"}");
        }
    }

    private static (int Planned, int Verified) WorkersBelow(RunState run, int step)
    {
        var row = run.Table[step];
        var isVerified = run[step].Status is StepStatus.Verified;
        if (row.Role is Role.Worker)
        {
            return (1, isVerified ? 1 : 0);
        }

        var (planned, verified) = (0, 0);
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            var (below, there) = WorkersBelow(run, child);
            (planned, verified) = (planned + below, verified + (isVerified ? there : 0));
        }

        return (planned, verified);
    }
}
