using System.Diagnostics;
using System.Text;
using Muster.Agents;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Bench;

/// <summary>What the engine adds: no-op tasks through the whole engine against a raw loop that writes, flushes and renames the same files.</summary>
internal static class EngineCost
{
    private const string Content = "# t\n\n## Findings\n\n- none\n\n<!-- DONE -->\n";

    public static async Task<int> RunAsync(int tasks, int parallel)
    {
        using var home = new BenchDirectory();
        var files = tasks + SynthesisTree.CountCoordinators(tasks);
        var raw = Cost.Of(() => Raw(home.Of("raw"), files, parallel));
        var engine = await Cost.OfAsync(() => EngineAsync(home.Of("runs"), tasks, parallel));
        Console.WriteLine($"{tasks:N0} tasks and {files - tasks:N0} syntheses, {parallel} at once");
        Console.WriteLine($"raw loop   {raw.PerSecond(files),10:N0} files/s   {raw.Processor(files)}");
        Console.WriteLine(
            $"engine     {engine.PerSecond(files),10:N0} files/s   {engine.Processor(files)}   ratio {raw.Wall / engine.Wall:0.00}   "
            + $"peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MiB");
        return 0;
    }

    private static void Raw(string home, int files, int parallel)
    {
        Directory.CreateDirectory(home);
        var (bytes, next) = (Encoding.UTF8.GetBytes(Content), 0);
        var threads = Enumerable.Range(0, parallel).Select(_ => new Thread(() =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) <= files;)
            {
                var path = Path.Combine(home, $"{i}.md");
                using (var file = File.OpenHandle(path + ".new", FileMode.Create, FileAccess.Write))
                {
                    RandomAccess.Write(file, bytes, 0);
                    RandomAccess.FlushToDisk(file);
                }

                File.Move(path + ".new", path);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static async Task EngineAsync(string runs, int tasks, int parallel)
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
            Capacity = parallel * 3,
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
        using var session = RunSession.Create(RunDirectory.Create(runs, header.RunId), header, "bench", specs, RunPrompts.BuiltIn, new(), CancellationToken.None);
        var agent = new ScriptedAgent(Script.Empty, TimeProvider.System);
        var loop = session.CreateLoop(new Dictionary<string, IAgent>(StringComparer.Ordinal) { [agent.Name] = agent }, _ => Task.FromResult(0));
        await loop.RunAsync(CancellationToken.None);
        if (session.Run.Census.Verified != tasks)
        {
            throw new InvalidOperationException(session.Run.Census.ToString());
        }
    }
}
