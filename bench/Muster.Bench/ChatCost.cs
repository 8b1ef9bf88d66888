using System.Diagnostics;
using Muster.Loopback;

namespace Muster.Bench;

/// <summary>Chat agents through the whole engine against a bare HttpClient loop that sends the same requests, both at 200 ms of latency.</summary>
internal static class ChatCost
{
    private const int Sampled = 64;

    public static async Task<int> RunAsync(int parallel, int calls)
    {
        using var home = new BenchDirectory();
        var bodies = await SampleAsync(home);
        var workers = Math.Max(1, calls / ChatRun.CallsOfWorker);
        calls = workers * ChatRun.CallsOfWorker;
        var bare = await MeasureAsync("bare loop", bodies, calls, parallel, address => LoopAsync(address, bodies, calls, parallel));
        var agents = await MeasureAsync("agents", bodies, calls, parallel, address => ChatRun.RunAsync(home, "runs", address, workers, parallel));
        Console.WriteLine(
            $"{parallel:N0} in flight, {calls:N0} calls: wall clock of the agents {agents.Wall / bare.Wall:0.00} times the loop's, "
            + $"{(agents.Cpu - bare.Cpu).TotalMilliseconds / calls:0.000} ms of processor time a call above it");
        return 0;
    }

    /// <summary>What the agents send, word for word; it also compiles both sides before they are measured.</summary>
    private static async Task<List<ReadOnlyMemory<byte>>> SampleAsync(BenchDirectory home)
    {
        await using var server = await ModelServer.StartAsync();
        await ChatRun.RunAsync(home, "sample", server.Address, Sampled, 8);
        return [.. server.Requests.Select(request => request.Content)];
    }

    /// <summary>Each against a server of its own that has answered some requests before.</summary>
    private static async Task<Cost> MeasureAsync(string name, List<ReadOnlyMemory<byte>> bodies, int calls, int parallel, Func<Uri, Task> run)
    {
        // Headers that tell of a budget used up would, rightly, hold the agents back and not the loop.
        var warmUp = Math.Min(600, parallel * 10);
        using var server = await ModelServerProgram.StartAsync("--latency", "200ms", "--requests-per-minute", "10000000");
        await LoopAsync(server.Address, bodies, warmUp, Math.Min(parallel, 64));
        GC.Collect();
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5"); // The peak begins anew.
        var cost = await Cost.OfAsync(() => run(server.Address));
        using var self = Process.GetCurrentProcess();
        var peak = self.PeakWorkingSet64 >> 20;
        var (requests, most) = await server.StopAsync();
        Console.WriteLine($"{name,-10} {cost.PerSecond(calls),8:N0} calls/s   {cost.Processor(calls)}   peak {peak:N0} MiB   at most {most:N0} in the server");
        return requests - warmUp != calls ? throw new InvalidOperationException($"{requests - warmUp} requests instead of {calls}.")
            : most * 10 < parallel * 9 && parallel <= 512 ? throw new InvalidOperationException($"At most {most} in flight instead of {parallel}: the two were not measured alike.")
            : cost;
    }

    private static async Task LoopAsync(Uri address, List<ReadOnlyMemory<byte>> bodies, int calls, int parallel)
    {
        using var loop = new BareLoop(address);
        await loop.RunAsync(bodies, calls, parallel);
    }
}
