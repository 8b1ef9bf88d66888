using System.Collections.Immutable;
using Muster.Contracts;
using Muster.Pipeline;
using Muster.Runs;

namespace Muster.Tests.Pipeline;

/// <summary>A build's state, driven by what its steps come to; no file, no agent, no git.</summary>
internal sealed class DrivenBuild
{
    private readonly DateTimeOffset start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private int commits;

    /// <summary>Findings to be mended.</summary>
    public static DrivenBuild OfFixes(int fixes) => new(null!, [], [.. Enumerable.Range(1, fixes).Select(i => new FixOrder($"fix-{i}", "major", $"a{i}.js:1", "wrong", $"{i}"))]);

    /// <summary>A build that may spend so much.</summary>
    public static DrivenBuild Limited(Blueprint blueprint, RunLimits limits) => new(blueprint, [], [], limits);

    public DrivenBuild(Blueprint blueprint, params ImmutableArray<string> gates)
        : this(blueprint, gates, [])
    {
    }

    private DrivenBuild(Blueprint blueprint, ImmutableArray<string> gates, ImmutableArray<FixOrder> fixes, RunLimits? limits = null)
    {
        Blueprint = blueprint;
        var build = new BuildHeader
        {
            What = "A shop",
            Project = "shop",
            Repository = "/repo",
            BaseBranch = "main",
            BaseCommit = Commit(),
            Agent = "scripted",
            Gates = gates,
            Fixes = fixes,
        };
        var header = new RunHeader
        {
            RunId = "20261125-120000-0123abcd",
            Goal = "A shop",
            Root = "/repo",
            PlanName = "build",
            PlanSha256 = "00",
            TasksFile = "t",
            CoordinatorAgent = "scripted",
            Domains = BuildStage.All,
            Build = build,
            Capacity = 1_000,
            Limits = limits ?? new(),
        };
        Run = new(StepTable.Growing([.. BuildStage.All.Select(s => s.Id)], build.Agents));
        Take(new RunEvent.RunPlanned(header, 0, "00"));
        Take(new RunEvent.EngineStarted(1, 1, "h", "b", "v"));
        Go();
    }

    public RunState Run { get; }

    public Blueprint Blueprint { get; set; }

    /// <summary>Steps that run, by their keys.</summary>
    public string Running => string.Join(", ", RunningKeys.Order(StringComparer.Ordinal));

    /// <summary>Gates that wait.</summary>
    public string Waiting => string.Join(", ", Run.Gates.Where(g => g.Standing is GateStanding.Open).Select(g => g.Name));

    public string Commit() => (++commits).ToString("x40", System.Globalization.CultureInfo.InvariantCulture);

    public StepAsk Ask(string key) => Run.AskOf(Run.Table.IndexOf(key))!;

    public Tier TierOf(string key) => Run.Table[Run.Table.IndexOf(key)].Tier;

    /// <summary>Has a running step end with this result, and lets the story go on.</summary>
    public DrivenBuild Ends(string key, StepResult result, Usage? usage = null)
    {
        EndsUnseen(key, result, usage);
        Go();
        return this;
    }

    /// <summary>Has a running step end before anybody looks at what follows, as when its engine is killed or another step ends at once.</summary>
    public DrivenBuild EndsUnseen(string key, StepResult result, Usage? usage = null)
    {
        var step = Run.Table.IndexOf(key);
        Decide(new RunCommand.CompleteAttempt(key, Run[step].Attempt, 1, new string('f', 64), 1, "Done.", usage ?? Usage.None, null, default(FindingCounts), 0, result.ToJson()));
        return this;
    }

    /// <summary>Has a running step fail for good.</summary>
    public DrivenBuild Fails(string key, string reason)
    {
        for (var step = Run.Table.IndexOf(key); Run[step].Status is not StepStatus.Failed;)
        {
            Do(new RunCommand.FailAttempt(key, Run[step].Attempt, FailureClass.Agent, reason, Usage.None, null, Run.LastAt, 0));
        }

        return this;
    }

    public DrivenBuild Approves(string gate) => Decides(gate, true, null);

    public DrivenBuild Rejects(string gate, string because) => Decides(gate, false, because);

    /// <summary>Everything up to modules that are being built.</summary>
    public DrivenBuild Scaffolded() => this
        .Ends("architect/1", new StepResult.Contracts(Commit(), Blueprint)).Approves("architecture")
        .Ends("bootstrap", new StepResult.Moved(Commit())).Ends("scaffold/1", new StepResult.Moved(Commit()));

    /// <summary>A module's round, built, checked and passed.</summary>
    public DrivenBuild Passes(string module, int round = 1) => Checked(module, round)
        .Ends($"qc/{module}/{round}", new StepResult.Examined(QcVerdict.Pass, string.Empty, 0));

    /// <summary>A module's round, built and found in order by code.</summary>
    public DrivenBuild Checked(string module, int round = 1) => Ends($"build/{module}/{round}", new StepResult.Built(null))
        .Ends($"check/{module}/{round}", new StepResult.Checked(Commit(), [], new(true, "exit code 0", string.Empty, true)));

    /// <summary>A merge that goes well.</summary>
    public DrivenBuild Merges(string module, int round = 1) => Ends($"merge/{module}/{round}", new StepResult.Merged(Commit(), null));

    /// <summary>Ends every preview of a merge that runs.</summary>
    public DrivenBuild Probed()
    {
        foreach (var probe in RunningKeys.Where(key => key.StartsWith("probe/", StringComparison.Ordinal)))
        {
            Ends(probe, new StepResult.Probed([]));
        }

        return this;
    }

    public RunStatus Outcome => BuildWorkflow.OutcomeOf(Run);

    public string Doing(string module) => BuildWorkflow.ModulesOf(Run)[module].Doing;

    private List<string> RunningKeys => [.. Enumerable.Range(0, Run.Table.Count).Where(i => Run[i].Status is StepStatus.Running).Select(i => Run.Table[i].Key)];

    private DrivenBuild Decides(string gate, bool isApproved, string? because)
    {
        Do(new RunCommand.DecideGate(gate, Run.GateOf(gate)!.Sha256, isApproved, "ann", because));
        return this;
    }

    private void Do(RunCommand command)
    {
        Decide(command);
        Go();
    }

    private void Decide(RunCommand command)
    {
        foreach (var e in RunDecider.Decide(Run, command))
        {
            Take(e);
        }
    }

    /// <summary>Takes in what the story wants, and launches it, as the loop does.</summary>
    private void Go()
    {
        foreach (var e in BuildWorkflow.Wanted(Run))
        {
            Take(e);
        }

        foreach (var e in RunDecider.Launch(Run, Run.LastAt))
        {
            Take(e);
        }
    }

    private void Take(RunEvent e) => Run.Evolve(new(Run.Version + 1, 1, start.AddSeconds(Run.Version), e));
}
