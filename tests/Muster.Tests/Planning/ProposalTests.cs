using Muster.Planning;
using Muster.Plans;

namespace Muster.Tests.Planning;

/// <summary>What a model proposes is a plan of narrow reading tasks over files that are there, or it is refused with the reason (promise 9).</summary>
public sealed class ProposalTests : IDisposable
{
    private const string Task = "{ id: t-1, name: One, task: Look, model: haiku, tools: [Read] }";

    private readonly TempDirectory home = new();

    public ProposalTests() => home.File("src/a.cs", "class A;");

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_good_proposal_is_a_plan()
    {
        var proposal = await ReviewAsync(Plan(Task, "{ id: t-2, name: Two, task: Look, model: opus, tools: [Read, Grep, Glob], scope: [\"src/**\", \"docs/**\"], after: [t-1] }"));

        Assert.NotNull(proposal.Plan);
        Assert.DoesNotContain(proposal.Problems, p => p.Severity is ProblemSeverity.Error);
        Assert.Equal("Fewer than 5 tasks need no orchestration.", FanOut.WhyNot(proposal.Plan)?.Why);
    }

    [Theory]
    [InlineData("agent: command", "'agent' is not the planner's to set.")]
    [InlineData("command: [sh]", "'command' is not the planner's to set.")]
    [InlineData("foreach: { lines: /etc/passwd }", "'foreach' is not the planner's to set.")]
    [InlineData("checks: [credentials]", "'checks' is not the planner's to set.")]
    [InlineData("timeout: 300d", "'timeout' is not the planner's to set.")]
    [InlineData("\"agent\\e[2J\": x", "'agent' is not the planner's to set.")]
    public async Task A_task_sets_nothing_but_what_is_asked(string more, string what) =>
        await RefuseAsync(Plan(Task.Replace("name: One", "name: One, " + more)), what);

    [Theory]
    [InlineData("agent: claude")]
    [InlineData("root: /")]
    [InlineData("limits: { usd: 1000 }")]
    [InlineData("script: /etc/passwd")]
    [InlineData("coordinator: { model: opus }")]
    [InlineData("tiers: { x: haiku }")]
    [InlineData("capacity: 1000")]
    [InlineData("retries: 10")]
    public async Task A_plan_sets_nothing_but_goal_and_domains(string more) =>
        await RefuseAsync(more + "\n" + Plan(Task), $"'{more.Split(':')[0]}' is not the planner's to set.");

    [Theory]
    [InlineData("tools: [Read, Bash]", "Task 't-1' asks for Bash.")]
    [InlineData("tools: [Write, Edit]", "Task 't-1' asks for Write, Edit.")]
    [InlineData("tools: []", "Task 't-1' has no tools.")]
    [InlineData("tools: [Read], scope: [/etc/passwd]", "it leads out of the root")]
    [InlineData("tools: [Read], scope: [../x]", "it leads out of the root")]
    public async Task Tools_read_and_scopes_stay_in_the_root(string tools, string what) =>
        await RefuseAsync(Plan(Task.Replace("tools: [Read]", tools)), what);

    [Fact]
    public async Task A_scope_without_a_file_is_told_and_needs_another_look_at_the_tree()
    {
        var proposal = await RefuseAsync(Plan(Task.Replace("tools: [Read]", "tools: [Read], scope: [\"lib/**\"]")), "The scope of task 't-1' finds no file: lib/**.");

        Assert.True(proposal.NeedsTree);
    }

    [Theory]
    [InlineData("claude-opus-9", "names the model 'claude-opus-9'")]
    public async Task Models_are_tiers(string model, string what) => await RefuseAsync(Plan(Task.Replace("haiku", model)), what);

    [Fact]
    public async Task There_are_at_most_5_domains_of_8_tasks_and_no_cycle()
    {
        await RefuseAsync(Plan([.. Enumerable.Range(1, 9).Select(i => Task.Replace("t-1", $"t-{i}"))]), "Domain 'd' has 9 tasks.");
        await RefuseAsync("goal: x\ndomains:\n" + string.Concat(Enumerable.Range(1, 6).Select(i => $"  - {{ id: d{i}, tasks: [{Task.Replace("t-1", $"t-{i}")}] }}\n")), "The plan has 6 domains");
        await RefuseAsync(Plan(Task.Replace("name: One", "name: One, after: [t-2]"), Task.Replace("t-1", "t-2").Replace("name: One", "name: Two, after: [t-1]")), "These tasks wait for one another");
    }

    [Fact]
    public async Task Texts_say_something_short()
    {
        await RefuseAsync(Plan(Task.Replace("task: Look", "task: " + new string('x', 5_000))), "is empty or too long");
        await RefuseAsync(Plan(Task.Replace("task: Look", "task: \"\\u200B\"")), "is empty or too long");
    }

    [Theory]
    [InlineData("# T\n## Findings\n- none\n<!-- DONE -->\n", "The file has no block of YAML.")]
    [InlineData("```yaml\na: b\n```\n\n```yaml\na: b\n```\n", "The file has 2 blocks of YAML.")]
    [InlineData("```yaml\na: [b\n```\n", "This is not YAML")]
    [InlineData("```yaml\njust words\n```\n", "This is a text where a plan belongs.")]
    public async Task A_file_holds_one_plan(string file, string what)
    {
        var proposal = await Proposal.ReviewAsync(file, "f.md", new(["scripted"], [], home.Path, "scripted"), TestContext.Current.CancellationToken);

        Assert.Null(proposal.Plan);
        Assert.Contains(proposal.Problems, p => p.ToString().Contains(what, StringComparison.Ordinal));
    }

    private async Task<Proposal> RefuseAsync(string yaml, string what)
    {
        var proposal = await ReviewAsync(yaml);
        Assert.Null(proposal.Plan);
        Assert.Contains(proposal.Problems, p => p.Severity is ProblemSeverity.Error && p.ToString().Contains(what, StringComparison.Ordinal));
        return proposal;
    }

    private Task<Proposal> ReviewAsync(string yaml) => Proposal.ReviewAsync(
        $"# Plan\n## Findings\n- none\n## Plan\n```yaml\n{yaml}```\n<!-- DONE -->\n", "f.md", new(["scripted", "claude", "command"], [], home.Path, "scripted"), TestContext.Current.CancellationToken);

    private static string Plan(params string[] tasks) => "goal: x\ndomains:\n  - id: d\n    tasks:\n" + string.Concat(tasks.Select(task => $"      - {task}\n"));
}
