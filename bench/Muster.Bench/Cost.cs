using System.Diagnostics;

namespace Muster.Bench;

/// <summary>What something took: wall clock, and this process's processor time, which a busy machine distorts less.</summary>
internal readonly record struct Cost(TimeSpan Wall, TimeSpan Cpu)
{
    public static Cost Of(Action action)
    {
        var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        return new(Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu);
    }

    public static async Task<Cost> OfAsync(Func<Task> action)
    {
        var (began, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await action();
        return new(Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu);
    }

    public double PerSecond(int count) => count / Wall.TotalSeconds;

    public string Processor(int count) => $"{Cpu.TotalMilliseconds / count:0.000} ms of processor time each";
}
