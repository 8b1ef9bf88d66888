using System.Diagnostics;
using System.Text;
using Muster.Agents;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Bench;

/// <summary>What the engine adds: no-op tasks through the whole engine against a raw loop that writes, flushes and renames the same files.</summary>
internal static class EngineCost
{
    private const int Parallel = 8;
    private const string Content = "# t\n\n## Findings\n\n- none\n\n<!-- DONE -->\n";

    public static async Task<int> RunAsync(int tasks)
    {
        var home = Directory.CreateTempSubdirectory("muster-bench-").FullName;
        try
        {
            var before = Environment.CpuUsage.TotalTime;
            var raw = Raw(Path.Combine(home, "raw"), tasks);
            var between = Environment.CpuUsage.TotalTime;
            var engine = await EngineAsync(Path.Combine(home, "runs"), tasks);
            var after = Environment.CpuUsage.TotalTime;
            Console.WriteLine($"raw loop   {tasks / raw.TotalSeconds,10:N0} files/s   {(between - before).TotalMilliseconds / tasks:0.000} ms of processor time each");
            Console.WriteLine($"engine     {tasks / engine.TotalSeconds,10:N0} tasks/s   {(after - between).TotalMilliseconds / tasks:0.000} ms of processor time each   ratio {raw / engine:0.00}   peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MiB");
            return 0;
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static TimeSpan Raw(string home, int tasks)
    {
        Directory.CreateDirectory(home);
        var bytes = Encoding.UTF8.GetBytes(Content);
        var began = Stopwatch.GetTimestamp();
        System.Threading.Tasks.Parallel.For(0, tasks, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, i =>
        {
            var path = Path.Combine(home, $"{i}.md");
            using (var file = File.OpenHandle(path + ".new", FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, bytes, 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(path + ".new", path);
        });
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task<TimeSpan> EngineAsync(string runs, int tasks)
    {
        var header = new RunHeader
        {
            RunId = "20260101-000000-00000000",
            Goal = "Bench",
            Root = "/",
            PlanName = "bench",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            CoordinatorAgent = "scripted",
            Domains = [new("d", "D")],
            Capacity = Parallel * 3,
        };
        var specs = Enumerable.Range(0, tasks).Select(i => new TaskSpec
        {
            Id = $"t{i}",
            Domain = "d",
            Name = "t",
            Task = "Do it.",
            Model = "sonnet",
            Tier = Tier.Sonnet,
            Agent = "scripted",
        });
        var began = Stopwatch.GetTimestamp();
        using var session = RunSession.Create(RunDirectory.Create(runs, header.RunId), header, "bench", specs, new(), CancellationToken.None);
        var agent = new ScriptedAgent(Script.Empty, TimeProvider.System);
        var loop = session.CreateLoop(new Dictionary<string, IAgent>(StringComparer.Ordinal) { [agent.Name] = agent }, _ => Task.FromResult(0));
        await loop.RunAsync(CancellationToken.None);
        return session.Run.Census.Verified == tasks ? Stopwatch.GetElapsedTime(began) : throw new InvalidOperationException(session.Run.Census.ToString());
    }
}
