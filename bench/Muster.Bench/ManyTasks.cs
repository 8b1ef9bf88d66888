using System.Buffers.Binary;
using System.Diagnostics;

namespace Muster.Bench;

/// <summary>A plan of many items with the no-op agent: time a task, peak memory, and how long a resume takes after kill -9.</summary>
internal static class ManyTasks
{
    public static async Task<int> RunAsync(int tasks)
    {
        using var home = new BenchDirectory();
        await using (var items = File.CreateText(home.Of("items.jsonl")))
        {
            for (var i = 0; i < tasks; i++)
            {
                await items.WriteLineAsync($$"""{"path": "src/module{{i % 977}}/File{{i}}.cs", "lines": {{i % 1_500}}}""");
            }
        }

        await File.WriteAllTextAsync(
            home.Of("plan.yaml"),
            """
            goal: Bench
            agent: scripted
            coordinator: { agent: scripted }
            domains:
              - id: d
                tasks:
                  - foreach: { jsonl: items.jsonl }
                    id: file
                    task: Review {item.path}
                    model: sonnet
            """);
        var runs = home.Of("runs");
        var began = Stopwatch.GetTimestamp();
        var (peak, killedAt) = await FollowAsync(MusterProgram.Start("run", home.Of("plan.yaml"), "--runs", runs), runs, killAt: (long)tasks * 2);
        var untilKill = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        using var resume = MusterProgram.Start("resume", "--runs", runs);
        var head = Directory.GetFiles(runs, "journal.head", SearchOption.AllDirectories).Single();
        while (Version(head) <= killedAt + 1 && !resume.HasExited)
        {
            await Task.Delay(10);
        }

        var untilResumed = Stopwatch.GetElapsedTime(began);
        var (peakOfResume, _) = await FollowAsync(resume, runs, long.MaxValue);
        var total = untilKill + Stopwatch.GetElapsedTime(began);
        Console.WriteLine(
            $"{tasks:N0} tasks: {tasks / total.TotalSeconds:N0} tasks/s with a kill -9 and a resume within; peak {peak >> 20:N0} MiB, then {peakOfResume >> 20:N0} MiB; "
            + $"working again {untilResumed.TotalSeconds:0.0} s after the resume was started");
        Console.WriteLine(MusterProgram.Run("status", "--runs", runs).TrimEnd());
        return 0;
    }

    /// <summary>Waits for the end, or kills the process when the journal has so many entries.</summary>
    private static async Task<(long Peak, long Version)> FollowAsync(Process process, string runs, long killAt)
    {
        var (peak, version, said) = (0L, 0L, process.StandardOutput.ReadToEndAsync());
        _ = process.StandardError.ReadToEndAsync();
        while (!process.HasExited)
        {
            process.Refresh();
            peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64);
            version = Directory.Exists(runs) && Directory.GetDirectories(runs).FirstOrDefault() is { } run ? Version(Path.Combine(run, "journal.head")) : 0;
            if (version >= killAt)
            {
                process.Kill();
                await process.WaitForExitAsync();
                return (peak, version);
            }

            await Task.Delay(50);
        }

        return process.ExitCode == 0 ? (peak, version) : throw new InvalidOperationException($"muster ended with {process.ExitCode}: {await said}");
    }

    private static long Version(string head) =>
        File.Exists(head) && File.ReadAllBytes(head) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;
}
