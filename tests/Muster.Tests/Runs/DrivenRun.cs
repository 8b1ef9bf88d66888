using System.Security.Cryptography;
using System.Text;
using Muster.Runs;
using Muster.Synthesis;

namespace Muster.Tests.Runs;

/// <summary>A run driven by hand: commands are decided and folded at once, and time is what the test says.</summary>
internal sealed class DrivenRun
{
    public static readonly RunHeader Plain = new()
    {
        RunId = "20260101-000000-00000000",
        Goal = "Driven",
        Root = "/",
        PlanName = "plan.yaml",
        PlanSha256 = "00",
        TasksFile = "tasks.jsonl",
        Domains = [new("d", "Domain")],
        CoordinatorAgent = "main",
    };

    public DrivenRun(StepTable table, RunHeader? header = null)
    {
        State = new(table);
        Take(new RunEvent.RunPlanned(header ?? Plain, table.WorkerCount, "00"));
    }

    public RunState State { get; }

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public List<RunEvent> Events { get; } = [];

    /// <summary>Workers of one domain; "id" or "id=what it is asked".</summary>
    public static StepTable Table(string agent, params IEnumerable<string> tasks)
    {
        var tree = new SynthesisTree(Plain with { CoordinatorAgent = agent });
        foreach (var task in tasks)
        {
            tree.AddWorker(task.Split('=')[0], "d", Tier.Haiku, agent, Hash256.Parse(HashOf(task)), null, []);
        }

        return tree.Build();
    }

    public static StepTable Table(int workers, string agent = "main") => Table(agent, Enumerable.Range(1, workers).Select(i => $"t{i}"));

    public DrivenRun Take(params IEnumerable<RunEvent> events)
    {
        foreach (var e in events)
        {
            State.Evolve(new(State.Version + 1, 1, Now, e));
            Events.Add(e);
        }

        return this;
    }

    public IReadOnlyList<RunEvent> Do(RunCommand command)
    {
        var events = RunDecider.Decide(State, command);
        Take(events);
        return events;
    }

    public DrivenRun Amend(StepTable table, RunHeader? header = null)
    {
        State.Evolve(new(State.Version + 1, 1, Now, new RunEvent.PlanAmended(header ?? Plain, table.WorkerCount, "00")), table);
        return this;
    }

    /// <summary>Launches what may be launched now.</summary>
    /// <returns>Keys of the steps whose attempts were started.</returns>
    public IReadOnlyList<string> Launch()
    {
        List<string> started = [];
        foreach (var e in RunDecider.Launch(State, Now))
        {
            Take(e);
            if (e is RunEvent.AttemptStarted s)
            {
                started.Add(s.Step);
            }
        }

        return started;
    }

    public IReadOnlyList<RunEvent> Complete(string step, Usage? usage = null) => Do(new RunCommand.CompleteAttempt(
        step, AttemptOf(step), 10, HashOf(step + AttemptOf(step)), 5, $"Done. {step}", usage ?? Usage.None, null));

    public IReadOnlyList<RunEvent> Fail(string step, FailureClass kind, string reason = "it failed", Usage? usage = null, double chance = 0.5) =>
        Do(new RunCommand.FailAttempt(step, AttemptOf(step), kind, reason, usage ?? Usage.None, null, Now, chance));

    /// <summary>Launches and completes until nothing more starts.</summary>
    public DrivenRun CompleteAll()
    {
        while (Launch() is { Count: > 0 } started)
        {
            foreach (var step in started)
            {
                Complete(step);
            }
        }

        return this;
    }

    public StepState this[string step] => State[State.Table.IndexOf(step)];

    public int AttemptOf(string step) => this[step].Attempt;

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
