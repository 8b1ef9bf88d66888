using Muster.Plans;

namespace Muster.Tests.Plans;

/// <summary>The red flags and common mistakes of running many agents, each told before anything is spent.</summary>
public sealed class PlanReviewTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData(1, ProblemSeverity.Note, "Fewer than 5 tasks need no orchestration.")]
    [InlineData(4, ProblemSeverity.Note, "Fewer than 5 tasks need no orchestration.")]
    [InlineData(5, ProblemSeverity.Note, "5 tasks run flat")]
    [InlineData(9, ProblemSeverity.Note, "9 tasks run flat")]
    [InlineData(10, ProblemSeverity.Note, "The plan has 1 domain.")]
    [InlineData(10, ProblemSeverity.Note, "10 workers and so more than one coordinator")]
    public async Task The_size_of_a_plan_decides_its_shape_and_that_is_said(int tasks, ProblemSeverity severity, string what) =>
        AssertTold(await Review(Plan(tasks)), severity, what);

    [Fact]
    public async Task The_usual_shape_needs_no_word()
    {
        var plan = "goal: x\nagent: scripted\ndomains:\n" + Domain("a", 4) + Domain("b", 4) + Domain("c", 8);

        Assert.Empty((await Review(plan)).Problems);
    }

    [Theory]
    [InlineData("after: [\"t-*\"]", ProblemSeverity.Error, "comes after the pattern 't-*'")]
    [InlineData("tools: [Raed]", ProblemSeverity.Warning, "'Raed'")]
    [InlineData("command: [sh]", ProblemSeverity.Warning, "has a command, and its agent is 'scripted'")]
    [InlineData("agent: command, command: [no-such-program]", ProblemSeverity.Error, "'no-such-program' of task 't-1' is not there")]
    [InlineData("agent: command, command: [./no-such.sh]", ProblemSeverity.Error, "'./no-such.sh' of task 't-1' is not there")]
    [InlineData("agent: claude, tools: [Read, Grep, Glob, Bash]", ProblemSeverity.Warning, "gives haiku a chain of 4 tools")]
    public async Task A_task_that_will_disappoint_is_told(string more, ProblemSeverity severity, string what) =>
        AssertTold(await Review(Plan(5).ReplaceFirst("model: haiku", "model: haiku, " + more)), severity, what);

    [Fact]
    public async Task A_program_that_is_there_is_no_fault()
    {
        home.File("review.sh", "#!/bin/sh\n");

        var result = await Review(Plan(5).ReplaceFirst("model: haiku", "model: haiku, agent: command, command: [./review.sh]"));

        Assert.NotNull(result.Plan);
    }

    [Fact]
    public async Task A_chain_of_tasks_gains_little_and_that_is_said()
    {
        var plan = Plan(5).ReplaceFirst("id: t-2, ", "id: t-2, after: [t-1], ").ReplaceFirst("id: t-3, ", "id: t-3, after: [t-2], ");

        AssertTold(await Review(plan), ProblemSeverity.Warning, "3 of the 5 tasks form a chain");
        Assert.Equal(3, PlanEstimate.Of((await Review(plan)).OrThrow()).Waves);
    }

    [Fact]
    public async Task A_foreach_that_never_names_its_item_is_told()
    {
        home.File("items", "a\nb\n");

        AssertTold(
            await Review("goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n      - { foreach: { lines: items }, id: i, task: Look, model: haiku }\n"),
            ProblemSeverity.Warning, "Every item of 'i' gets the same task");
    }

    [Theory]
    [InlineData("capacity: 48", "The capacity 48")]
    [InlineData("limits: { agents: 3 }", "limits.agents is 3 and the plan has 13 steps")]
    [InlineData("retries: 1", "All tasks have the model 'haiku'.")]
    public async Task What_strains_the_provider_or_stops_the_run_is_told(string more, string what) =>
        AssertTold(await Review(Plan(10).Replace("agent: scripted", "agent: claude\n" + more)), ProblemSeverity.Warning, what);

    [Fact]
    public async Task A_domain_id_given_twice_names_both_lines()
    {
        var result = await Review("goal: x\nagent: scripted\ndomains:\n" + Domain("a", 3) + Domain("a", 3).Replace("a-", "b-"));

        Assert.Contains(result.Problems, p => p is { Line: 9, Column: 9 } && p.Message.Contains("stands at line 4 already", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("tiers: [a]", "'tiers' is a list.")]
    [InlineData("script: missing.yaml", "it does not exist")]
    [InlineData("script: items", "items:1:1")]
    public async Task A_key_of_the_wrong_form_is_told(string more, string what)
    {
        home.File("items", "just text");

        AssertTold(await Review(Plan(5).Replace("agent: scripted", "agent: scripted\n" + more)), ProblemSeverity.Error, what);
    }

    /// <summary>A price that is not known is said, never taken as zero.</summary>
    [Theory]
    [InlineData("agent: scripted", "haiku", 0, 0)]
    [InlineData("agent: inspect", "gpt-9", 0, 0)]
    [InlineData("agent: claude", "haiku", 0.1, 0)]
    [InlineData("agent: claude", "claude-opus-5-5", 1.1, 0)]
    [InlineData("agent: claude", "gpt-9", -1, 1)]
    [InlineData("agent: command", "haiku", -1, 0)]
    public async Task An_estimate_is_honest_about_prices(string agent, string model, double leastUsd, int unpriced)
    {
        var plan = Plan(10).Replace("agent: scripted", agent).Replace("model: haiku", $"model: {model}, checks: [merge-markers], command: [sh]");

        var estimate = PlanEstimate.Of((await Review(plan)).OrThrow());

        Assert.Equal(leastUsd < 0, estimate.Usd is null);
        Assert.True(estimate.KnownUsd >= (decimal)Math.Max(0, leastUsd));
        Assert.Equal(unpriced, estimate.UnpricedModels.Length);
    }

    /// <summary>Fault 82: bytes, lines and fields that are no items are told with their line, and nothing else is.</summary>
    [Theory]
    [InlineData("lines", "a\nb\r\nc\u00ff\n", "items:3: error: The line is not UTF-8 from column 2 on.")]
    [InlineData("csv", "a,a\n1,2\n", "items:1: error: The line names the field 'a' twice.")]
    [InlineData("csv", "a,b\n1\n", "items:2: error: The line has 1 field and the first row 2.")]
    [InlineData("csv", "a,b\n\"1,2\n", "items:2: error: The line has a quote that is never closed.")]
    [InlineData("jsonl", "{}\n{\"a\":1\n", "items:2: error: The line is not JSON:")]
    [InlineData("jsonl", "{}\n[1]\n", "items:2: error: The line is a JSON array, and an item is a string or an object.")]
    public async Task A_line_that_is_no_item_is_told_alone(string kind, string content, string problem)
    {
        File.WriteAllText(Path.Combine(home.Path, "items"), content, System.Text.Encoding.Latin1);

        var plan = (await ItemPlan(kind)).OrThrow();
        var error = Assert.Throws<PlanException>(() => plan.Expand().Count());

        Assert.StartsWith(problem, Assert.Single(error.Problems).ToString(), StringComparison.Ordinal);
    }

    /// <summary>Faults 27 and 82: a line of a hundred megabytes is refused before it is in memory.</summary>
    [Fact]
    public async Task A_line_without_end_is_refused_at_its_beginning()
    {
        using (var file = new FileStream(Path.Combine(home.Path, "items"), FileMode.Create))
        {
            file.SetLength(100 << 20);
        }

        var plan = (await ItemPlan("lines")).OrThrow();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("longer than", Assert.Throws<PlanException>(() => plan.Expand().Count()).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 << 20);
    }

    [Fact]
    public async Task Lines_end_in_any_way_and_keep_their_numbers()
    {
        var text = string.Concat(Enumerable.Range(1, 40_000).Select(i => $"item-{i}" + (i % 3) switch { 0 => "\n", 1 => "\r\n", _ => "\r" }));
        home.File("items", text);

        var lines = BoundedLines.Read(new StringReader(text)).ToList();

        Assert.Equal(40_000, (await ItemPlan("lines")).OrThrow().Expand().Count());
        Assert.All(lines, line => Assert.Equal($"item-{line.Number}", line.Text));
    }

    private Task<PlanResult> ItemPlan(string kind) =>
        Review($"goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n      - {{ foreach: {{ {kind}: items }}, id: i, task: \"Look at {{item}}\", model: haiku }}\n");

    private Task<PlanResult> Review(string yaml) => PlanFile.ParseAsync(
        yaml, "plan.yaml", home.Path, new(["inspect", "scripted", "command", "claude"], ["merge-markers"]), TestContext.Current.CancellationToken);

    private static string Plan(int tasks) => "goal: x\nagent: scripted\ndomains:\n" + Domain("t", tasks);

    private static string Domain(string id, int tasks) => $"  - id: {id}\n    tasks:\n"
        + string.Concat(Enumerable.Range(1, tasks).Select(i => $"      - {{ id: {id}-{i}, task: Look, model: haiku }}\n"));

    private static void AssertTold(PlanResult result, ProblemSeverity severity, string what)
    {
        Assert.True(
            result.Problems.Any(p => p.Severity == severity && p.Message.Contains(what, StringComparison.Ordinal) && p.NextStep.EndsWith('.') | p.NextStep.EndsWith('?')),
            string.Join('\n', result.Problems));
        Assert.Equal(severity is ProblemSeverity.Error, result.Plan is null);
    }
}
