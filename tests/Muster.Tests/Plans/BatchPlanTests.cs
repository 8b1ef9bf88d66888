using Muster.Models;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Tests.Plans;

/// <summary><c>batch: true</c> in a plan.</summary>
public sealed class BatchPlanTests : IDisposable
{
    private static readonly PlanSurroundings Usual = new(["inspect", "scripted", "command", "anthropic", "openai"], ["merge-markers"]);

    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Tasks_without_tools_go_through_batches_at_their_price_and_the_others_do_not()
    {
        var plan = (await Review("agent: anthropic", "batch: true", "batch: false", "tools: [Read]")).OrThrow();

        Assert.Equal(["anthropic-batch", "anthropic", "anthropic"], plan.Expand().Select(task => task.Agent));
        Assert.All(plan.Expand(), task => Assert.Equal(Tier.Haiku, task.Tier));
        var (batched, plain) = (plan.Models.Single(m => m.Agent == "anthropic-batch"), plan.Models.First(m => m.Agent == "anthropic"));
        Assert.Equal((plain.Model, plain.InputUsd / 2, plain.OutputUsd / 2), (batched.Model, batched.InputUsd, batched.OutputUsd));
        Assert.Equal(
            AttemptReserve.Of(new(Usd: 9), "anthropic", Role.Worker, Tier.Haiku, plain).Usd / 2, AttemptReserve.Of(new(Usd: 9), "anthropic-batch", Role.Worker, Tier.Haiku, batched).Usd);
    }

    [Fact]
    public async Task The_estimate_counts_what_goes_through_batches_at_half()
    {
        string[] tasks = [.. Enumerable.Repeat("batch: false", 12)];
        var full = PlanEstimate.Of((await Review("agent: anthropic", tasks)).OrThrow());
        var half = PlanEstimate.Of((await Review("agent: anthropic\ncoordinator: { batch: true }", [.. Enumerable.Repeat("batch: true", 12)])).OrThrow());

        Assert.Equal((full.KnownUsd / 2, full.Tokens, 15, 0), (half.KnownUsd, half.Tokens, half.Batched, full.Batched));
    }

    [Fact]
    public async Task Coordinators_may_go_through_batches()
    {
        var plan = (await Review("agent: inspect\ncoordinator: { agent: anthropic, model: haiku, batch: true }", "checks: [merge-markers]")).OrThrow();

        Assert.Equal(("anthropic-batch", Tier.Haiku), (plan.CoordinatorAgent, plan.CoordinatorTier));
    }

    [Theory]
    [InlineData("agent: anthropic", "tools: [Read], batch: true", 6, 78, "goes through batches and has tools")]
    [InlineData("agent: openai", "batch: true", 6, 63, "which the agent 'openai' does not have")]
    [InlineData("agent: inspect", "checks: [merge-markers], batch: true", 6, 88, "which the agent 'inspect' does not have")]
    [InlineData("agent: anthropic", "batch: perhaps", 6, 63, "'perhaps' is none of true, false")]
    [InlineData("coordinator: { batch: true }", "checks: [merge-markers]", 2, 23, "The coordinator goes through batches")]
    public async Task What_cannot_go_through_batches_is_refused_with_its_place(string head, string task, int line, int column, string words)
    {
        var problem = Assert.Single((await Review(head, task)).Problems, p => p.Severity == ProblemSeverity.Error);

        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scripted", false)]
    [InlineData("openai", true)]
    public async Task An_agent_of_the_command_line_without_batches_takes_the_tasks_at_once(string agent, bool isWarned)
    {
        var result = await Review(Usual with { Agent = agent }, "agent: anthropic\ncoordinator: { batch: true }", "batch: true");

        Assert.Equal(agent, Assert.Single(result.OrThrow().Expand()).Agent);
        Assert.Equal(isWarned, result.Problems.Any(p => p.Severity is ProblemSeverity.Warning && p.NextStep.Contains("full price", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_limit_in_USD_needs_the_price_of_batches()
    {
        var facts = new ModelFacts { Prices = [new(default, new(1, 5))] };
        var models = ModelTable.BuiltIn.With([], [new("own-model", facts)]);
        var plan = "agent: anthropic\nlimits: { usd: 50 }";

        var refused = await Review(Usual with { Models = models }, plan, "batch: true", "own-model");
        var priced = await Review(Usual with { Models = models }, plan, "batch: false", "own-model");

        Assert.Contains("of agent anthropic costs in a batch", Assert.Single(refused.Problems, p => p.Severity == ProblemSeverity.Error).Message, StringComparison.Ordinal);
        Assert.NotNull(priced.Plan);
    }

    [Fact]
    public async Task A_batched_item_that_is_a_path_is_its_own_scope()
    {
        home.File("src/a.cs", "1");
        home.File("src/b[1].cs", "2");
        var yaml = "goal: x\nagent: anthropic\ndomains:\n  - id: t\n    tasks:\n      - { foreach: { glob: \"src/*.cs\" }, id: f, task: Look, model: haiku, batch: true }\n";

        var result = await PlanFile.ParseAsync(yaml, "plan.yaml", home.Path, Usual, TestContext.Current.CancellationToken);

        Assert.DoesNotContain(result.Problems, p => p.Severity is not ProblemSeverity.Note);
        var scopes = result.OrThrow().Expand().Select(task => Assert.Single(task.Scope)).ToList();
        Assert.Equal(["src/a.cs", "src/b\\[1].cs"], scopes);
        Assert.True(Glob.Parse(scopes[1]).IsMatch("src/b[1].cs"));
    }

    private Task<PlanResult> Review(string head, params string[] tasks) => Review(Usual, head, tasks);

    private Task<PlanResult> Review(PlanSurroundings surroundings, string head, string task, string model) =>
        PlanFile.ParseAsync(Yaml(head, [task], model), "plan.yaml", home.Path, surroundings, TestContext.Current.CancellationToken);

    private Task<PlanResult> Review(PlanSurroundings surroundings, string head, params string[] tasks) =>
        PlanFile.ParseAsync(Yaml(head, tasks, "haiku"), "plan.yaml", home.Path, surroundings, TestContext.Current.CancellationToken);

    private static string Yaml(string head, string[] tasks, string model) => $"goal: x\n{head}\ndomains:\n  - id: t\n    tasks:\n"
        + string.Concat(tasks.Select((task, i) => $"      - {{ id: t{i + 1}, task: Look at it well, model: {model}, {task} }}\n"));
}
