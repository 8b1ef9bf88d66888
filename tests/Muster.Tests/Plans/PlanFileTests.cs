using Muster.Plans;

namespace Muster.Tests.Plans;

/// <summary>Faults 76 to 78 and 81 to 83: a plan is refused before anything is spent, every error told at once with its place.</summary>
public sealed class PlanFileTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_plan_is_read_with_its_tasks_in_order()
    {
        var plan = (await Parse(Good)).OrThrow();

        Assert.Equal(["sec-1", "sec-2"], plan.Expand().Select(t => t.Id));
        Assert.Equal("Audit it", plan.Goal);
    }

    [Theory]
    [InlineData("goal: [", "2:1", "This is not YAML")]
    [InlineData("goal: x\ngoal: y\ndomains: []", "2:1", "given twice; it stands at line 1")]
    [InlineData("goal: x\ngaol: y\ndomains: []", "2:1", "'gaol' is no key")]
    [InlineData("goal: x\n\troot: .", "2:1", "found a tab")]
    [InlineData("goal: x\ndomains:\n  - id: d\n\t  tasks: []", "4:1", "tab")]
    public async Task Its_yaml_is_read_strictly(string yaml, string place, string what) => AssertProblem(await Parse(yaml), place, what);

    [Theory]
    [InlineData("id: sec-1", "id: ../x", "7:13", "cannot be an id")]
    [InlineData("id: sec-1", "id: CON", "7:13", "cannot be an id")]
    [InlineData("id: sec-1", "id: -x", "7:13", "begins with '-'")]
    [InlineData("id: sec-1", "id: \"\\U0001F600\"", "7:13", "cannot be an id")]
    [InlineData("id: sec-2", "id: sec-1", "12:13", "stands at line 7 already")]
    [InlineData("model: haiku", "tools: [Read]", "7:9", "'model' is missing")]
    [InlineData("task: Look", "task: Look at {itme}", "9:15", "'{itme}' in 'task' stands for nothing")]
    [InlineData("checks: [merge-markers]", "checks: [merge-marker]", "7:13", "names the check 'merge-marker'")]
    [InlineData("checks: [merge-markers]", "timeout: -5m\n        checks: [merge-markers]", "10:18", "no duration above zero")]
    [InlineData("checks: [merge-markers]", "timeout: 0s\n        checks: [merge-markers]", "10:18", "no duration above zero")]
    [InlineData("checks: [merge-markers]", "after: [sec-9]\n        checks: [merge-markers]", "7:13", "there is no such task")]
    [InlineData("checks: [merge-markers]", "after: [sec-1]\n        checks: [merge-markers]", "7:13", "comes after itself")]
    [InlineData("checks: [merge-markers]", "scope: [../up]\n        checks: [merge-markers]", "10:17", "leads out of the root")]
    [InlineData("root: .", "root: ./nowhere", "2:7", "does not exist")]
    [InlineData("root: .", "root: ./plan.yaml", "2:7", "is a file")]
    [InlineData("root: .", "limits: { tokens: 79228162514264337593543950335G }", "2:19", "no whole number")]
    [InlineData("root: .", "capacity: 1", "2:11", "no whole number from 2")]
    public async Task Each_mistake_is_told_with_its_place(string good, string bad, string place, string what)
    {
        home.File("plan.yaml", "x");
        var at = Good.IndexOf(good, StringComparison.Ordinal);

        AssertProblem(await Parse(string.Concat(Good.AsSpan(0, at), bad, Good.AsSpan(at + good.Length))), place, what);
    }

    [Fact]
    public async Task All_errors_are_told_at_once()
    {
        var result = await Parse(Good.Replace("id: sec-1", "id: SEC").Replace("root: .", "root: ./nowhere").Replace("title: Security", "titel: Security"));

        Assert.Equal(3, result.Problems.Count(p => p.Severity is ProblemSeverity.Error));
        Assert.Null(result.Plan);
    }

    [Fact]
    public async Task A_cycle_is_told_with_its_path()
    {
        var result = await Parse(Good.Replace("checks: [merge-markers]", "checks: [merge-markers]\n        after: [AFTER]")
            .ReplaceFirst("AFTER", "sec-2").ReplaceFirst("AFTER", "sec-1"));

        Assert.Contains(result.Problems, p => p.Message.Contains("sec-1 → sec-2 → sec-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Six_domains_are_too_many()
    {
        var domains = string.Concat(Enumerable.Range(0, 6).Select(i =>
            $"  - id: d{i}\n    tasks:\n      - {{ id: t{i}, task: Look, model: haiku, checks: [merge-markers] }}\n"));

        AssertProblem(await Parse("goal: x\ndomains:\n" + domains), "18:9", "6 domains");
    }

    /// <summary>Fault 77: a bomb of aliases or braces costs nothing.</summary>
    [Fact]
    public async Task Bombs_are_refused()
    {
        var aliases = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat("bcdefghij".Select(c =>
            $"{c}: &{c} [{string.Join(", ", Enumerable.Repeat($"*{(char)(c - 1)}", 10))}]\n"));

        Assert.Null((await Parse(aliases)).Plan);
        Assert.Throws<GlobException>(() => Glob.Parse(string.Concat(Enumerable.Repeat("{a,b}", 199)) + "{" + new string(',', 300) + "}"));
    }

    [Theory]
    [InlineData("lines", "one\n\ntwo\r\n", new[] { "Look at one", "Look at two" })]
    [InlineData("jsonl", "\"one\"\n{\"name\": \"b\", \"n\": 2}\n", new[] { "Look at one", "Look at {\"name\": \"b\", \"n\": 2}" })]
    [InlineData("csv", "name,size\nx,\"1,5\"\n\"y \"\"q\"\"\",2\n", new[] { "Look at x,\"1,5\"", "Look at \"y \"\"q\"\"\",2" })]
    public async Task A_foreach_makes_one_task_an_item(string kind, string content, string[] tasks)
    {
        home.File("items", content);

        var plan = (await Parse(ForEach.Replace("KIND", kind))).OrThrow();

        Assert.Equal(tasks, plan.Expand().Select(t => t.Task));
    }

    [Fact]
    public async Task A_glob_gives_the_files_that_match_and_ignored_ones_not()
    {
        home.File("src/a.cs", "x");
        home.File("src/deep/b.cs", "x");
        home.File("node_modules/c.cs", "x");

        var plan = (await Parse(ForEach.Replace("KIND: items", "glob: \"**/*.cs\""))).OrThrow();

        Assert.Equal(["Look at src/a.cs", "Look at src/deep/b.cs"], plan.Expand().Select(t => t.Task));
    }

    [Fact]
    public async Task A_line_inserted_above_changes_no_other_task()
    {
        home.File("items", "one\ntwo\n");
        var before = (await Parse(ForEach.Replace("KIND", "lines"))).OrThrow().Expand().ToDictionary(t => t.Id, t => t.Task, StringComparer.Ordinal);
        home.File("items", "zero\none\ntwo\n");
        var after = (await Parse(ForEach.Replace("KIND", "lines"))).OrThrow().Expand().ToDictionary(t => t.Id, t => t.Task, StringComparer.Ordinal);

        Assert.All(before, task => Assert.Equal(task.Value, after[task.Key]));
        Assert.Equal(3, after.Count);
    }

    [Theory]
    [InlineData("one\ntwo\none\n", "items:3", "stands at line 1 already")]
    [InlineData("", "plan.yaml:5:13", "gives no item")]
    public async Task Items_that_cannot_be_tasks_are_told(string content, string place, string what)
    {
        home.File("items", content);
        var plan = (await Parse(ForEach.Replace("KIND", "lines"))).OrThrow();

        var error = Assert.Throws<PlanException>(() => plan.Expand().Count());

        Assert.Contains(error.Problems, p => p.ToString().StartsWith(place, StringComparison.Ordinal) && p.Message.Contains(what, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lines", "../../etc\n", "scope: [\"{item}\"]", "leads out of the root")]
    [InlineData("jsonl", "\"\\ud800\"\n", "name: x", "cannot be read")]
    [InlineData("jsonl", "{\"p\": null}\n", "name: \"{item.p}\"", "has no field 'p'")]
    public async Task What_items_say_is_checked_like_the_plan_itself(string kind, string content, string more, string what)
    {
        home.File("items", content);
        var plan = (await Parse(ForEach.Replace("KIND", kind) + "\n        " + more)).OrThrow();

        var error = Assert.Throws<PlanException>(() => plan.Expand().Count());

        Assert.Contains(error.Problems, p => p.Message.Contains(what, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_that_differ_only_in_where_a_comma_stands_are_two_items()
    {
        home.File("items", "a,b\n\"a,b\",c\na,\"b,c\"\n");

        Assert.Equal(2, (await Parse(ForEach.Replace("KIND", "csv"))).OrThrow().Expand().Count());
    }

    [Fact]
    public async Task What_a_value_says_is_never_read_as_a_placeholder()
    {
        home.File("items", "{n} {item} {{x}}\n");

        Assert.Equal("Look at {n} {item} {{x}}", (await Parse(ForEach.Replace("KIND", "lines"))).OrThrow().Expand().Single().Task);
    }

    [Fact]
    public async Task Ten_thousand_items_are_ten_thousand_tasks()
    {
        home.File("items", string.Join('\n', Enumerable.Range(0, 10_000)));

        var plan = (await Parse(ForEach.Replace("KIND", "lines"))).OrThrow();

        Assert.Equal(10_000, plan.Expand().Select(t => t.Id).Distinct().Count());
        Assert.Equal((10_000, 1_250 + 250 + 50 + 10 + 2 + 1), (PlanEstimate.Of(plan).Workers, PlanEstimate.Of(plan).Coordinators));
    }

    [Fact]
    public async Task Every_plan_of_the_catalog_is_good()
    {
        foreach (var name in Catalog.Names)
        {
            var plan = await PlanFile.ParseAsync(
                Catalog.TextOf(name), name, home.Path, new(Muster.Agents.BuiltInAgents.Names, [.. Muster.Agents.BuiltInAgents.Checks.Select(c => c.Id)], home.Path), TestContext.Current.CancellationToken);

            Assert.Empty(plan.Problems.Where(p => p.Severity is not ProblemSeverity.Note));
        }
    }

    private const string Good =
        """
        goal: Audit it
        root: .
        domains:
          - id: security
            title: Security
            tasks:
              - id: sec-1
                name: One
                task: Look
                checks: [merge-markers]
                model: haiku
              - id: sec-2
                task: Look
                checks: [merge-markers]
                model: sonnet
        """;

    private const string ForEach =
        """
        goal: Each
        domains:
          - id: d
            tasks:
              - id: item
                foreach: { KIND: items }
                task: Look at {item}
                model: haiku
                checks: [merge-markers]
        """;

    private Task<PlanResult> Parse(string yaml) =>
        PlanFile.ParseAsync(yaml, "plan.yaml", home.Path, new(["inspect", "scripted", "command"], ["merge-markers"]), TestContext.Current.CancellationToken);

    private static void AssertProblem(PlanResult result, string place, string what)
    {
        Assert.Null(result.Plan);
        Assert.True(
            result.Problems.Any(p => $"{p.Line}:{p.Column}" == place && p.Message.Contains(what, StringComparison.Ordinal) && p.NextStep.Length > 0),
            string.Join('\n', result.Problems));
    }
}
