using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Bench;

/// <summary>How long a run takes against its lower bound, max(work / capacity, longest task), in simulated time, by the real launching rules.</summary>
internal static class Makespan
{
    private const int Slots = 8;

    public static Task<int> RunAsync()
    {
        foreach (var tasks in (ReadOnlySpan<int>)[100, 1_000])
        {
            Console.WriteLine($"{tasks,6:N0} tasks   rolling with estimates {Ratio(tasks, hasEstimates: true, waves: false):0.00}"
                + $"   without {Ratio(tasks, hasEstimates: false, waves: false):0.00}   waves {Ratio(tasks, hasEstimates: false, waves: true):0.00}");
        }

        return Task.FromResult(0);
    }

    private static double Ratio(int tasks, bool hasEstimates, bool waves)
    {
        var sum = 0.0;
        const int Seeds = 20;
        for (var seed = 0; seed < Seeds; seed++)
        {
            sum += One(tasks, hasEstimates, waves, new Random(seed));
        }

        return sum / Seeds;
    }

    private static double One(int tasks, bool hasEstimates, bool waves, Random chance)
    {
        var seconds = Enumerable.Range(0, tasks).Select(_ => 60 * Math.Exp(0.8 * Normal(chance))).ToArray();
        var header = new RunHeader
        {
            RunId = "bench",
            Goal = "Bench",
            Root = "/",
            PlanName = "bench",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            CoordinatorAgent = "a",
            Domains = [new("d", "D")],
            Capacity = Slots * 3,
            Waves = waves,
        };
        var tree = new SynthesisTree(header);
        for (var i = 0; i < tasks; i++)
        {
            tree.AddWorker($"t{i}", "d", Tier.Sonnet, "a", default, hasEstimates ? TimeSpan.FromSeconds(seconds[i]) : null, []);
        }

        var run = new RunState(tree.Build());
        var (start, now, end) = (new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 0.0, 0.0);
        void Take(RunEvent e) => run.Evolve(new(run.Version + 1, 1, start.AddSeconds(now), e));
        Take(new RunEvent.RunPlanned(header, tasks, "00"));
        var running = new PriorityQueue<RunEvent.AttemptStarted, double>();
        while (run.OpenSteps > 0)
        {
            foreach (var e in RunDecider.Launch(run, start.AddSeconds(now)))
            {
                Take(e);
                if (e is RunEvent.AttemptStarted started)
                {
                    var step = run.Table.IndexOf(started.Step);
                    running.Enqueue(started, now + (step < tasks ? seconds[step] : 0));
                }
            }

            running.TryDequeue(out var ended, out now);
            end = ended!.Step.StartsWith("worker/", StringComparison.Ordinal) ? now : end;
            Take(new RunEvent.AttemptVerified(ended.Step, ended.Attempt, 1, new('0', 64), 1, "Done.", Usage.None, null));
        }

        return end / Math.Max(seconds.Sum() / Slots, seconds.Max());
    }

    private static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());
}
