using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>Reads what an attempt needs from the state: its files with their seals, its gaps, its denominator.</summary>
internal static class AttemptInputsReader
{
    private const int MostGaps = 20;
    private const int MostReasons = 5;
    private const int ReasonLength = 200;

    public static AttemptInputs Read(RunState run, AttemptOrder order)
    {
        var row = run.Table[order.Step];
        var files = ImmutableArray.CreateBuilder<SealedInput>();
        var gaps = new GapList();
        var (planned, verified) = (0, 0);
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            AddFile(run, child, files);
            var (below, there) = Count(run, child, gaps);
            (planned, verified) = (planned + below, verified + there);
        }

        foreach (var before in row.After ?? [])
        {
            AddFile(run, before, files);
            Count(run, before, gaps);
        }

        var ask = run.AskOf(order.Step);
        foreach (var key in ask?.Inputs ?? [])
        {
            AddFile(run, run.Table.IndexOf(key), files);
        }

        return new(files.ToImmutable(), gaps.ToLines(), planned, verified) { Ask = ask };
    }

    private static void AddFile(RunState run, int step, ImmutableArray<SealedInput>.Builder files)
    {
        ref readonly var state = ref run[step];
        if (state.Status is StepStatus.Verified)
        {
            files.Add(new(step, state.VerifiedAttempt, state.Length, state.Sha256));
        }
    }

    /// <summary>Workers at and below a step, and those whose findings reach its reader. What is missing is noted at its highest place.</summary>
    private static (int Planned, int Verified) Count(RunState run, int step, GapList? gaps)
    {
        var row = run.Table[step];
        var isVerified = run[step].Status is StepStatus.Verified;
        var (planned, verified) = row.Role is Role.Worker ? (1, 1) : (0, 0);
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            var (below, there) = Count(run, child, isVerified ? gaps : null);
            (planned, verified) = (planned + below, verified + there);
        }

        if (!isVerified)
        {
            gaps?.Add(row.Id, run.ReasonOf(step) ?? "not done", row.Role is Role.Worker ? string.Empty : $" ({planned:N0} workers below it)");
        }

        return (planned, isVerified ? verified : 0);
    }

    /// <summary>The first gaps by name, the rest counted by reason: of ten thousand no prompt gets too long.</summary>
    private sealed class GapList
    {
        private readonly ImmutableArray<string>.Builder named = ImmutableArray.CreateBuilder<string>();
        private readonly Dictionary<string, int> others = new(StringComparer.Ordinal);

        public void Add(string id, string reason, string beside)
        {
            reason = ReportText.Line(reason, ReasonLength);
            if (named.Count < MostGaps)
            {
                named.Add($"{id}: {reason}{beside}");
            }
            else
            {
                others[reason] = others.GetValueOrDefault(reason) + 1;
            }
        }

        public ImmutableArray<string> ToLines()
        {
            if (others.Count > 0)
            {
                var reasons = others.OrderByDescending(r => r.Value).ThenBy(r => r.Key, StringComparer.Ordinal).Take(MostReasons);
                named.Add($"and {others.Values.Sum():N0} more: {string.Join("; ", reasons.Select(r => $"{r.Value:N0} × {r.Key}"))}"
                    + (others.Count > MostReasons ? "; and other reasons" : string.Empty));
            }

            return named.ToImmutable();
        }
    }
}
