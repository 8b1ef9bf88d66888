using Muster.Agents.Inspect;
using Muster.Plans;
using Muster.Runs;
using Muster.Synthesis;
using Muster.Tests.Journal;

namespace Muster.Tests.Plans;

/// <summary>Times come from the plan, else from an earlier run of the same task, else from the size of its scope.</summary>
public sealed class TaskEstimatesTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task The_plan_goes_before_the_earlier_run_and_that_before_the_scope()
    {
        home.File("tree/big/a.txt", new('x', 40_000));
        home.File("tree/small/a.txt", new('x', 10_000));
        var plan = await PlanAsync("id: t-1, estimate: 40s, scope: [small/**]", "id: t-2, scope: [small/**]", "id: t-3, scope: [big/**]", "id: t-4, scope: [small/a.txt]");
        Ran("20260101-000000-00000001", plan, ("worker/t-1", 7), ("worker/t-2", 20));
        var estimates = await TaskEstimates.OfAsync(plan, Earlier(plan), TestContext.Current.CancellationToken);

        var seconds = plan.Expand().Select(estimates.Apply).Select(task => task.Estimate!.Value.TotalSeconds);

        Assert.Equal([40, 20, 160, 40], seconds); // The median of what is known, 40 s, for 10,000 bytes; four times that for 40,000.
        Assert.Equal((1, 1, 2, 0), (estimates.FromPlan, estimates.FromEarlier, estimates.FromScope, estimates.Unknown));
        Assert.Equal("20260101-000000-00000001", estimates.EarlierRun);
        Assert.Equal(40, estimates.CoordinatorSeconds);
    }

    [Fact]
    public async Task Where_no_time_is_known_the_median_scope_is_called_a_minute_and_none_is_more_than_ten_times_that()
    {
        home.File("tree/a", "x");
        home.File("tree/b", new('x', 100));
        home.File("tree/c", new('x', 1_000_000));
        var plan = await PlanAsync("id: t-1, scope: [a]", "id: t-2, scope: [b]", "id: t-3, scope: [c]");
        var estimates = await TaskEstimates.OfAsync(plan, null, TestContext.Current.CancellationToken);

        Assert.Equal([6, 60, 600], plan.Expand().Select(estimates.Apply).Select(task => task.Estimate!.Value.TotalSeconds));
        Assert.Equal(60, estimates.CoordinatorSeconds);
    }

    [Fact]
    public async Task Above_ten_thousand_tasks_the_tree_is_not_looked_at()
    {
        home.File("items.txt", string.Join('\n', Enumerable.Range(0, 10_001)));
        home.File("tree/a", "x");
        var plan = await PlanAsync("foreach: { lines: items.txt }, id: \"t-{n}\"");
        Directory.Delete(plan.Root, recursive: true); // A listing would fail.
        var estimates = await TaskEstimates.OfAsync(plan, null, TestContext.Current.CancellationToken);

        Assert.All(plan.Expand().Select(estimates.Apply), task => Assert.Null(task.Estimate));
        Assert.Equal((0, 10_001), (estimates.FromScope, estimates.Unknown));
    }

    [Fact]
    public async Task An_earlier_run_is_the_newest_of_the_same_plan_and_root_that_can_be_read()
    {
        home.File("tree/a", "x");
        var plan = await PlanAsync("id: t-1");
        Ran("20260101-000000-00000001", plan, ("worker/t-1", 1));
        Ran("20260101-000000-00000002", plan, ("worker/t-1", 2), ("synthesis/d/1", 30), ("synthesis/d/2", 50), ("synthesis/d/3", 40));
        Ran("20260101-000000-00000003", plan with { Root = "/elsewhere" }, ("worker/t-1", 3));
        Ran("20260101-000000-00000004", plan with { FileName = "other.yaml" }, ("worker/t-1", 4));
        Ran("20260101-000000-00000005", plan, ("worker/t-1", 5));
        home.File("runs/20260101-000000-00000005/durations.txt", "[\"plan.yaml\",\"" + plan.Root + "\"]\nt-1 five\n");
        Ran("20260101-000000-00000006", plan);

        var earlier = Earlier(plan)!;

        Assert.Equal(("20260101-000000-00000002", 2f, 40f), (earlier.RunId, earlier.Of("t-1"), earlier.Coordinator));
        Assert.Null(earlier.Of("t-2"));
        Assert.Null(TaskDurations.Find(Path.Combine(home.Path, "nowhere"), "plan.yaml", plan.Root));
    }

    [Fact]
    public void The_path_through_a_longer_coordinator_goes_first()
    {
        var tree = new SynthesisTree(GoldenPlan.Header with { CoordinatorSeconds = 12 });
        for (var i = 0; i < 10; i++)
        {
            tree.AddWorker($"w{i}", "d", Tier.Haiku, "scripted", default, null, []);
        }

        var table = tree.Build();

        Assert.All(Enumerable.Range(10, table.Count - 10), step => Assert.Equal(12, table[step].EstimateSeconds));
    }

    /// <summary>The sizes are those that matching every file would give, whatever the way they were found.</summary>
    [Fact]
    public void A_scope_has_the_size_of_the_files_that_match_it()
    {
        string[] paths = ["a", "a.b", "a/b", "a/b.cs", "a/b/c.cs", "a/bc/d.cs", "a0/b", "b/a/b.cs", "src-2/x.cs", "src/x.cs", "src/y/x.cs", "src/y/z.txt", "srcs"];
        var files = paths.Order(StringComparer.Ordinal).Select((path, i) => new SourceFile(path, "/" + path, 1L << i)).ToList();
        foreach (var pattern in new[] { "**", "a/**", "src/**", "src/*.cs", "*.cs", "src/**/*.cs", "{a,b}/**", "a/b*/**", "a/b/c.cs", "src/y/", "**/y/*" })
        {
            var glob = Glob.Parse(pattern);

            Assert.Equal(files.Where(f => glob.IsMatch(f.Path)).Sum(f => f.Length), new ScopeSizes(files).Of([pattern]));
        }

        Assert.Equal(files.Sum(f => f.Length), new ScopeSizes(files).Of([]));
        Assert.Equal(files.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal)).Sum(f => f.Length), new ScopeSizes(files).Of(["src"]));
    }

    private TaskDurations? Earlier(Plan plan) => TaskDurations.Find(Path.Combine(home.Path, "runs"), "plan.yaml", plan.Root);

    private async Task<Plan> PlanAsync(params string[] tasks)
    {
        var text = "goal: Try\nroot: tree\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n"
            + string.Concat(tasks.Select(task => $"      - {{ {task}, task: Do, model: haiku }}\n"));
        return (await PlanFile.ParseAsync(text, "plan.yaml", home.Path, new(["scripted"], []), TestContext.Current.CancellationToken)).OrThrow();
    }

    /// <summary>Writes what a run leaves whose steps took these seconds.</summary>
    private void Ran(string runId, Plan plan, params (string Key, double Seconds)[] took)
    {
        var header = plan.ToHeader(runId, 1, null);
        var tree = new SynthesisTree(header);
        var workers = took.Any(t => t.Key.StartsWith("synthesis", StringComparison.Ordinal)) ? 24 : 9;
        for (var i = 1; i <= workers; i++)
        {
            tree.AddWorker($"t-{i}", "d", Tier.Haiku, "scripted", default, null, []);
        }

        var run = new RunState(tree.Build());
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        void Take(RunEvent e) => run.Evolve(new(run.Version + 1, 1, at, e));
        Take(new RunEvent.RunPlanned(header, workers, "00"));
        foreach (var (key, seconds) in took)
        {
            Take(new RunEvent.AttemptStarted(key, 1, "scripted", new('0', 64), 0, 0, 0));
            at = at.AddSeconds(seconds);
            Take(new RunEvent.AttemptVerified(key, 1, 10, new('0', 64), 5, "Done.", Usage.None, null));
        }

        var directory = Directory.CreateDirectory(Path.Combine(home.Path, "runs", runId)).FullName;
        TaskDurations.Write(directory, run);
    }
}
