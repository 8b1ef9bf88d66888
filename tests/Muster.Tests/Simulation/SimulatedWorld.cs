using Muster.Dispatch;
using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>What lies outside the engine: the agents' processes and the published files. It outlives every engine.</summary>
internal sealed class SimulatedWorld(Random chance, SimulatedTime time, bool outlivesEngine)
{
    private readonly Dictionary<(int Step, int Attempt), Process> processes = [];

    /// <summary>Hash of each step's published file.</summary>
    public Dictionary<int, string> Published { get; } = [];

    public bool IsCalm { get; set; }

    public required Func<int, int, bool> IntentIsDurable { get; init; }

    public required Func<int, string> HashOfInputs { get; init; }

    /// <summary>The engine was killed: what lives inside it dies, what a keeper holds goes on.</summary>
    public void EngineDied()
    {
        foreach (var process in processes.Values)
        {
            process.IsDead |= !outlivesEngine && !process.HasEnded;
        }
    }

    public async Task AttemptAsync(
        StepTable table, AttemptOrder order, AttemptInputs inputs, Func<RunCommand, ValueTask> tell, CancellationToken stop)
    {
        Require(IntentIsDurable(order.Step, order.Attempt), $"{table[order.Step].Key} attempt {order.Attempt} ran before its intent was durable");
        Require(inputs.Files.All(f => Published.GetValueOrDefault(f.Step) == f.Sha256.ToString()), "an input is not what was sealed");
        var key = table[order.Step].Key;
        if (!processes.TryGetValue((order.Step, order.Attempt), out var process))
        {
            if (order.Recover && !outlivesEngine)
            {
                await tell(new RunCommand.LoseAttempt(key, order.Attempt, "its engine went away"));
                return;
            }

            process = new(Seconds(), Roll(), chance.Next(1, 1_000));
            processes.Add((order.Step, order.Attempt), process);
            process.End = EndAsync(process);
        }
        else
        {
            Require(order.Recover, $"{key} attempt {order.Attempt} was spawned twice");
        }

        try
        {
            await process.End.WaitAsync(stop);
            if (process is { IsDead: false, Fate: < 0.9 })
            {
                await tell(new RunCommand.EndAttempt(key, order.Attempt, UsageOf(process)));
                await Task.Delay(TimeSpan.FromSeconds(process.Tokens % 3), time, stop); // Its file is being flushed.
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await tell(new RunCommand.DiscardAttempt(key, order.Attempt, "the run was cancelled", Usage.None));
            return;
        }

        foreach (var command in process.IsDead
            ? [new RunCommand.LoseAttempt(key, order.Attempt, "its process is gone")]
            : Report(order, key, process))
        {
            await tell(command);
        }
    }

    private static Usage UsageOf(Process process) => new(process.Tokens / 2, process.Tokens - (process.Tokens / 2), process.Tokens * 0.001m);

    private async Task EndAsync(Process process)
    {
        await Task.Delay(TimeSpan.FromSeconds(process.Seconds), time);
        process.HasEnded = true;
    }

    private IReadOnlyList<RunCommand> Report(AttemptOrder order, string key, Process process)
    {
        var usage = UsageOf(process);
        RunCommand Fails(FailureClass kind, int? seconds = null) => new RunCommand.FailAttempt(
            key, order.Attempt, kind, kind.ToString(), usage, seconds is { } s ? TimeSpan.FromSeconds(s) : null, default, 0.5);
        switch (process.Fate)
        {
            case < 0.70:
                var sha = HashOf(order);
                Published[order.Step] = sha;
                var done = new RunCommand.CompleteAttempt(key, order.Attempt, 100, sha, 50, "Done.", usage, null);
                return process.Fate < 0.10 ? [done, done] : [done];
            case < 0.82:
                return [Fails(FailureClass.Agent)];
            case < 0.90:
                return [Fails(FailureClass.Transient, process.Fate < 0.86 ? 5 : null)];
            case < 0.93:
                return [Fails(FailureClass.Quota, 60)];
            case < 0.96:
                return [Fails(FailureClass.Machine)];
            case < 0.965:
                return [Fails(FailureClass.Permanent)];
            default:
                return [new RunCommand.LoseAttempt(key, order.Attempt, "lost"), Fails(FailureClass.Agent)];
        }
    }

    private string HashOf(AttemptOrder order) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
        System.Text.Encoding.UTF8.GetBytes($"{order.Step}/{order.Attempt}/{HashOfInputs(order.Step)}")));

    private double Roll() => IsCalm ? 0.5 : chance.NextDouble();

    /// <summary>Lognormal, median 60 s, sigma 0.8.</summary>
    private double Seconds() => 60 * Math.Exp(0.8 * Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble()));

    private static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new SimulationException(promise);
        }
    }

    private sealed class Process(double seconds, double fate, int tokens)
    {
        public double Seconds => seconds;

        public double Fate => fate;

        public int Tokens => tokens;

        public Task End { get; set; } = Task.CompletedTask;

        public bool HasEnded { get; set; }

        public bool IsDead { get; set; }
    }
}
