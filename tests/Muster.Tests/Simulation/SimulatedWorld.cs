using System.Security.Cryptography;
using System.Text;
using Muster.Dispatch;
using Muster.Runs;
using static Muster.Tests.Simulation.Promise;

namespace Muster.Tests.Simulation;

/// <summary>What lies outside the engine: the agents' processes and the published files. It outlives every engine.</summary>
internal sealed class SimulatedWorld(Random chance, SimulatedTime time, bool outlivesEngine, Facts facts)
{
    private const int MostFiles = 8, MostSyntheses = 5;

    private readonly Dictionary<(string Step, int Attempt), Process> processes = [];
    private readonly bool isGloomy = chance.Next(12) == 0;
    private readonly bool writesAlwaysTheSame = chance.Next(2) == 0;

    /// <summary>Hash of each step's published file.</summary>
    public Dictionary<string, string> Published { get; } = [];

    public bool IsCalm { get; set; }

    public required Func<string, int, bool> IntentIsDurable { get; init; }

    /// <summary>The engine was killed: what lives inside it dies, what a keeper holds goes on.</summary>
    public void EngineDied()
    {
        foreach (var process in processes.Values)
        {
            process.IsDead |= !outlivesEngine && !process.HasEnded;
        }
    }

    /// <summary>Somebody changes a published file.</summary>
    public void Tamper()
    {
        if (Published.Count > 0)
        {
            var step = Published.Keys.ElementAt(chance.Next(Published.Count));
            Published[step] = new('f', 64);
            facts.Tampered.Add(step);
        }
    }

    public async Task AttemptAsync(
        StepTable table, AttemptOrder order, AttemptInputs inputs, Func<RunCommand, ValueTask> tell, CancellationToken stop)
    {
        var row = table[order.Step];
        var key = row.Key;
        Require(IntentIsDurable(key, order.Attempt), $"{key} attempt {order.Attempt} ran before its intent was durable");
        foreach (var file in inputs.Files)
        {
            var input = table[file.Step].Key;
            if (Published.GetValueOrDefault(input) != file.Sha256.ToString())
            {
                Require(facts.Tampered.Contains(input), $"{key} was given {input}, which is not what was published");
                facts.MayBeReset.Add(input);
                await tell(new RunCommand.DistrustStep(input, file.Attempt, "it was changed"));
                await tell(new RunCommand.DiscardAttempt(key, order.Attempt, "an input was not what was sealed", order.Used ?? Usage.None));
                return;
            }
        }

        if (!order.Recover)
        {
            LookAtInputs(table, row, inputs);
        }

        if (!processes.TryGetValue((key, order.Attempt), out var process))
        {
            if (order.Recover && !outlivesEngine)
            {
                await tell(new RunCommand.LoseAttempt(key, order.Attempt, "its engine went away"));
                return;
            }

            process = new(Seconds(), Roll(), chance.Next(1, 1_000));
            processes.Add((key, order.Attempt), process);
            process.End = EndAsync(process);
        }
        else
        {
            Require(order.Recover, $"{key} attempt {order.Attempt} was spawned twice");
        }

        var used = order.Used ?? Usage.None;
        try
        {
            await process.End.WaitAsync(stop);
            if (!IsCalm && order.Used is null && process is { IsDead: false, Fate: > 0.40 and < 0.42 })
            {
                facts.Undecided.Add((key, order.Attempt));
                await tell(new RunCommand.LeaveUndecided(key, order.Attempt, "nobody can tell"));
                return;
            }

            facts.Undecided.Remove((key, order.Attempt));
            if (process is { IsDead: false, Fate: < 0.9 })
            {
                used = UsageOf(process);
                if (order.Reserve.Overrun(used) is not null)
                {
                    await tell(new RunCommand.RaiseReserve(key, order.Attempt, used));
                }

                await tell(new RunCommand.EndAttempt(key, order.Attempt, used));
                for (var stalls = process.Fate is > 0.3 and < 0.32 && !IsCalm ? 3 : 0; stalls > 0; stalls--)
                {
                    await tell(new RunCommand.StallAttempt(key, order.Attempt, "no space", TimeSpan.FromSeconds(10), default));
                    await Task.Delay(TimeSpan.FromSeconds(10), time, stop);
                }

                await Task.Delay(TimeSpan.FromSeconds(process.Tokens % 3), time, stop); // Its file is being flushed.
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            facts.Undecided.Remove((key, order.Attempt));
            await tell(new RunCommand.DiscardAttempt(key, order.Attempt, "it was stopped", used));
            return;
        }

        foreach (var command in process.IsDead
            ? [new RunCommand.LoseAttempt(key, order.Attempt, "its process is gone")]
            : Report(order, row, key, inputs, process))
        {
            await tell(command);
        }
    }

    private static Usage UsageOf(Process process) => new(process.Tokens / 2, process.Tokens - (process.Tokens / 2), process.Tokens % 40 == 0 ? null : process.Tokens * 0.001m);

    /// <summary>Explicit, bounded, with every gap and the denominator told.</summary>
    private static void LookAtInputs(StepTable table, StepRow row, AttemptInputs inputs)
    {
        Require(
            inputs.Files.Count(f => table[f.Step].Role is Role.Worker) <= MostFiles
                && inputs.Files.Count(f => table[f.Step].Role is Role.Coordinator) <= MostSyntheses,
            $"{row.Key} was given {inputs.Files.Length} files");
        Require(row.ChildCount == 0 || inputs.Planned == WorkersBelow(table, row), $"{row.Key} was told a wrong denominator");
        var missing = Enumerable.Range(row.FirstChild, row.ChildCount).Concat(row.After ?? []).Except(inputs.Files.Select(f => f.Step)).Select(step => table[step].Id);
        var named = inputs.Gaps.Select(gap => gap.Split(": ")[0]).ToList();
        var isCounted = named.Exists(name => name.StartsWith("and ", StringComparison.Ordinal)); // Beyond the first ones they are.
        Require(isCounted || missing.All(named.Contains), $"{row.Key} was not told of every gap");
        Require(
            row.ChildCount == 0 || isCounted || inputs.Planned - inputs.Verified == named.Sum(id => WorkersBelow(table, table[StepOf(table, id)])),
            $"{row.Key} was told of other gaps than its denominator says");
    }

    private static int StepOf(StepTable table, string id) => Math.Max(table.IndexOf("worker/" + id), table.IndexOf("synthesis/" + id));

    private static int WorkersBelow(StepTable table, StepRow row) => row.Role is Role.Worker
        ? 1
        : Enumerable.Range(row.FirstChild, row.ChildCount).Sum(child => WorkersBelow(table, table[child]));

    private async Task EndAsync(Process process)
    {
        await Task.Delay(TimeSpan.FromSeconds(process.Seconds), time);
        process.HasEnded = true;
    }

    private IReadOnlyList<RunCommand> Report(AttemptOrder order, in StepRow row, string key, AttemptInputs inputs, Process process)
    {
        var usage = UsageOf(process);
        facts.Costs[(key, order.Attempt)] = usage;
        RunCommand Fails(FailureClass kind, int? seconds = null)
        {
            var asked = seconds is { } s ? TimeSpan.FromSeconds(s) : (TimeSpan?)null;
            facts.Failures[(key, order.Attempt)] = (kind, asked);
            return new RunCommand.FailAttempt(key, order.Attempt, kind, kind.ToString(), usage, asked, default, 0.5);
        }

        switch (isGloomy && !IsCalm && process.Fate < 0.70 ? 0.75 : process.Fate)
        {
            case < 0.70:
                if (row.Role is Role.Coordinator && order.MaySendBack && process.Fate is > 0.60 and < 0.70)
                {
                    return [Fails(FailureClass.Agent)]; // Its summary is too long: sent back once, then cut.
                }

                var sha = HashOf(row, order, inputs);
                Published[key] = sha;
                facts.Tampered.Remove(key);
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

    private string HashOf(in StepRow row, AttemptOrder order, AttemptInputs inputs) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{row.Key}/{row.Fingerprint}/{(writesAlwaysTheSame ? 0 : order.Attempt)}/{string.Join(',', inputs.Files.Select(f => f.Sha256))}")));

    private double Roll() => IsCalm ? 0.5 : chance.NextDouble();

    /// <summary>Lognormal, median 60 s, sigma 0.8.</summary>
    private double Seconds() => 60 * Math.Exp(0.8 * Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble()));

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
