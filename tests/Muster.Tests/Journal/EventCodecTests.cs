using System.Reflection;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Tests.Journal;

/// <summary>Fault 56: what was once written can always be read.</summary>
public sealed class EventCodecTests
{
    [Fact]
    public void Every_event_has_a_name_on_disk_and_survives_the_way_there_and_back()
    {
        foreach (var type in typeof(RunEvent).GetNestedTypes(BindingFlags.Public).Where(t => t.IsSubclassOf(typeof(RunEvent))))
        {
            var e = (RunEvent)Sample(type);
            var read = EventCodec.Read("run.db", 1, EventCodec.NameOf(e), EventCodec.CurrentVersion, EventCodec.Write(e));

            Assert.Equal(System.Text.Encoding.UTF8.GetString(EventCodec.Write(e)), System.Text.Encoding.UTF8.GetString(EventCodec.Write(read)));
        }
    }

    [Fact]
    public void A_body_that_is_no_json_is_told_as_damage() =>
        Assert.Throws<JournalException>(() => EventCodec.Read("run.db", 7, "step-skipped", 1, "{"u8));

    [Fact]
    public void The_golden_journal_of_version_1_folds_to_what_it_always_did()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Journal", "Golden", "v1.txt"));
        var table = GoldenPlan.Table();
        var run = new RunState(table);
        for (var i = 0; i < lines.Length; i++)
        {
            var parts = lines[i].Split(' ', 3);
            var e = EventCodec.Read("v1.txt", i + 1, parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), System.Text.Encoding.UTF8.GetBytes(parts[2]));
            run.Evolve(new(i + 1, 1, new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero).AddSeconds(i), e));
        }

        Assert.Equal(RunStatus.CompleteWithGaps, run.Status);
        Assert.Equal("3 planned, 2 launched, 1 verified, 1 failed, 1 skipped", run.Census.ToString());
        Assert.Equal(new Usage(1_200, 34, 0.5m), run.Spent);
        Assert.Equal("no output file was written", run.ReasonOf(1));
    }

    [Fact]
    public void The_golden_journal_of_every_event_folds_to_what_it_always_did()
    {
        var run = new RunState(GoldenPlan.Table());
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        var atFirstEnd = string.Empty;
        foreach (var entry in Golden("v1-every-event.txt"))
        {
            kinds.Add(EventCodec.NameOf(entry.Event));
            run.Evolve(entry, entry.Event is RunEvent.PlanAmended ? GoldenPlan.Table() : null);
            atFirstEnd = atFirstEnd.Length == 0 && run.IsFinished ? $"{run.Status}: {run.Census}; b: {run.ReasonOf(1)}; c: {run.ReasonOf(2)}" : atFirstEnd;
        }

        Assert.Equal(
            "CompleteWithGaps: 3 planned, 2 launched, 1 verified, 1 failed, 1 skipped; b: the credential was refused; c: b came first and failed", atFirstEnd);
        Assert.Equal("Complete: 3 planned, 3 launched, 3 verified, 0 failed, 0 skipped", $"{run.Status}: {run.Census}");
        Assert.Equal(new Usage(3_510, 63, 1.46m), run.Spent);
        Assert.Equal((7, 1, 24, 39L, 2L, 0, 0), (run.Attempts, run.LostAttempts, run.Capacity, run.FlatTokens, run.Epoch, run.UnitsInUse, run.Live.Count));
        Assert.Equal(("Golden, amended", "tasks-2.jsonl", new RunLimits()), (run.Header.Goal, run.Header.TasksFile, run.Limits));
        Assert.Equal((1, 5, 1), (run[0].VerifiedAttempt, run[1].VerifiedAttempt, run[2].VerifiedAttempt));
        Assert.Equal(new string('b', 64), run[1].Sha256.ToString());
        Assert.Equal(120, run.Finish?.ParentTokens);

        kinds.UnionWith(Golden("v1-amended-under-way.txt").Select(entry => EventCodec.NameOf(entry.Event)));
        kinds.UnionWith(Golden("v1-build.txt").Select(entry => EventCodec.NameOf(entry.Event)));
        kinds.UnionWith(Golden("v1-undecided.txt").Select(entry => EventCodec.NameOf(entry.Event)));
        var known = typeof(RunEvent).GetNestedTypes(BindingFlags.Public).Where(t => t.IsSubclassOf(typeof(RunEvent))).Select(t => EventCodec.NameOf((RunEvent)Sample(t)));
        Assert.Empty(known.Except(kinds)); // A new event needs a new golden journal; these stay as they are.
    }

    /// <summary>An engine that was killed left two attempts; another amended the plan over them and took one up.</summary>
    [Fact]
    public void The_golden_journal_of_a_plan_amended_under_attempts_can_be_read()
    {
        var run = new RunState(GoldenPlan.Table());
        foreach (var entry in Golden("v1-amended-under-way.txt"))
        {
            Assert.Equal(entry.Version == 6 ? 3_500 : run.ReservedTokens, run.ReservedTokens); // Before the plan is amended.
            run.Evolve(entry, entry.Event is RunEvent.PlanAmended ? GoldenPlan.Table() : null);
        }

        Assert.Equal("3 planned, 1 launched, 1 verified, 0 failed, 0 skipped", run.Census.ToString());
        Assert.Equal((0, 0, 0L, 0m, 3_830L), (run.Live.Count, run.UnitsInUse, run.ReservedTokens, run.ReservedUsd, run.Spent.Tokens));
        Assert.Equal(StepStatus.Pending, run[1].Status);
    }

    [Fact]
    public void The_golden_journal_of_a_build_folds_to_what_it_always_did()
    {
        RunState? run = null;
        foreach (var entry in Golden("v1-build.txt"))
        {
            run ??= new(StepTable.Growing(["architect", "build"], ((RunEvent.RunPlanned)entry.Event).Header.Build!.Agents));
            run.Evolve(entry);
        }

        Assert.Equal("Failed: 2 planned, 2 launched, 1 verified, 1 failed, 0 skipped", $"{run!.Status}: {run.Census}");
        Assert.Equal(new Usage(11, 6, 0.1m), run.Spent);
        Assert.Equal(("build/auth/1", Role.Builder, Tier.Sonnet), (run.Table[1].Key, run.Table[1].Role, run.Table[1].Tier));
        Assert.Equal(("auth", "2222222222222222222222222222222222222222"), (run.AskOf(1)?.Module, run.AskOf(1)?.Commit));
        Assert.Equal("{\"$type\":\"moved\",\"commit\":\"2\"}", run.ResultOf(0));
        Assert.Equal((GateStanding.Open, new string('b', 64), 2), (run.GateOf("architecture")!.Standing, run.GateOf("architecture")!.Void, run.GateOf("architecture")!.Opened));
        Assert.Equal(("engine", "claude", "scripted"), (run.Header.Build!.AgentOf(Role.Engine), run.Header.Build.AgentOf(Role.Qc), run.Header.Build.AgentOf(Role.Builder)));
    }

    /// <summary>What became of two attempts could not be found out; a person had one done again, and another look found the other.</summary>
    [Fact]
    public void The_golden_journal_of_undecided_attempts_can_be_read()
    {
        var run = new RunState(GoldenPlan.Table());
        foreach (var entry in Golden("v1-undecided.txt"))
        {
            run.Evolve(entry);
            Assert.Equal(entry.Version is 7 or 8 ? (RunStatus.AwaitingHuman, 2) : (run.Status, run.Undecided.Count), (run.Status, run.Undecided.Count));
        }

        Assert.Equal((RunStatus.Running, 0, 0, 0L), (run.Status, run.Live.Count, run.UnitsInUse, run.ReservedTokens));
        Assert.Equal((StepStatus.Retrying, StepStatus.Verified, 1_330L), (run[0].Status, run[1].Status, run.Spent.Tokens));
    }

    private static IEnumerable<RunEntry> Golden(string name)
    {
        var (version, epoch, at) = (0L, 0L, new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Journal", "Golden", name)))
        {
            var parts = line.Split(' ', 3);
            var e = EventCodec.Read(
                name, ++version, parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture), System.Text.Encoding.UTF8.GetBytes(parts[2]));
            epoch = e is RunEvent.EngineStarted started ? started.Epoch : epoch;
            yield return new(version, epoch, at = at.AddSeconds(1), e);
        }
    }

    private static object Sample(Type type)
    {
        if (type == typeof(string))
        {
            return "text";
        }

        if (type == typeof(RunHeader))
        {
            return GoldenPlan.Header;
        }

        if (type == typeof(IReadOnlyList<RunModel>))
        {
            return new[] { (RunModel)Sample(typeof(RunModel)) };
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Sample(inner);
        }

        if (type.IsValueType && type.GetConstructors().Length == 0)
        {
            return Activator.CreateInstance(type)!;
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        }

        if (type.IsPrimitive || type.IsEnum || type == typeof(decimal))
        {
            return Convert.ChangeType(1, type.IsEnum ? Enum.GetUnderlyingType(type) : type, System.Globalization.CultureInfo.InvariantCulture) is var one && type.IsEnum
                ? Enum.ToObject(type, one) : one;
        }

        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Sample(p.ParameterType))]);
    }
}
