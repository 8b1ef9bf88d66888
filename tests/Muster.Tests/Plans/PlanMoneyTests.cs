using Muster.Dispatch;
using Muster.Models;
using Muster.Plans;
using Muster.Runs;

namespace Muster.Tests.Plans;

/// <summary>What a plan may spend and on which models is settled before anything is spent.</summary>
public sealed class PlanMoneyTests : IDisposable
{
    private static readonly PlanSurroundings Usual = new(["inspect", "scripted", "command", "claude"], ["merge-markers"]);

    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_limit_in_USD_over_a_model_of_unknown_price_is_refused_before_anything_is_spent()
    {
        var plan = Plan("claude", "limits: { usd: 5 }").Replace("t-2, task: Look, model: haiku", "t-2, task: Look, model: nobodys-model");

        var problem = Assert.Single((await Review(plan)).Problems, p => p.Severity == ProblemSeverity.Error);

        Assert.Equal((8, 15), (problem.Line, problem.Column));
        Assert.Contains("the model 'nobodys-model' of agent claude costs, which task 't-2' uses", problem.Message, StringComparison.Ordinal);
        Assert.Contains("'models: nobodys-model: prices:' in muster.yaml", problem.NextStep, StringComparison.Ordinal);
        Assert.NotNull((await Review(plan.Replace("usd: 5", "tokens: 3M"))).Plan);
    }

    [Fact]
    public async Task The_coordinators_model_needs_a_price_too()
    {
        var result = await Review(Plan("claude", "limits: { usd: 5 }\ncoordinator: { model: nobodys-model }"));

        Assert.Contains("which the coordinators use", Assert.Single(result.Problems, p => p.Severity == ProblemSeverity.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_the_command_line_is_held_to_the_same()
    {
        var plan = Plan("claude", "capacity: 24").Replace("model: haiku", "model: nobodys-model");

        Assert.Null((await Review(plan, Usual with { Limits = new(Usd: 5) })).Plan);
        Assert.Null((await Review(plan, Usual with { UsualLimits = new(Usd: 5) })).Plan);
        Assert.NotNull((await Review(plan)).Plan);
    }

    [Fact]
    public async Task Limits_of_the_command_line_stand_over_the_plans_and_those_over_the_settings()
    {
        var surroundings = Usual with
        {
            Limits = new(Usd: 7, Agents: 9),
            UsualLimits = new(Usd: 1, Tokens: 2_000_000, Wall: TimeSpan.FromHours(1)),
            UsualCapacity = 12,
        };

        var plan = (await Review(Plan("scripted", "limits: { usd: 5, agents: 30, tokens: 4M, parent_tokens: 900 }"), surroundings)).OrThrow();

        Assert.Equal(new(Agents: 9, Tokens: 4_000_000, Usd: 7, Wall: TimeSpan.FromHours(1), ParentTokens: 900), plan.Limits);
        Assert.Equal(12, plan.Capacity);
    }

    [Fact]
    public async Task A_models_own_name_takes_the_capacity_of_the_tier_that_means_it()
    {
        var plan = (await Review(Plan("claude").Replace("model: haiku", "model: claude-haiku-5-5"))).OrThrow();

        Assert.All(plan.Expand(), task => Assert.Equal(Tier.Haiku, task.Tier));
        Assert.Equal(new("claude", "claude-haiku-5-5", "claude-haiku-5-5", 0.10m, 0.50m), plan.Models[0]);
        Assert.Equal(("sonnet", "claude-sonnet-5-5"), (plan.Models[1].Name, plan.Models[1].Model)); // The coordinators'.
    }

    [Fact]
    public async Task Agents_without_models_name_none_and_need_no_price()
    {
        var plan = (await Review(Plan("inspect", "limits: { usd: 5 }").Replace("model: haiku", "model: nobodys-model, checks: [merge-markers]"))).OrThrow();

        Assert.Empty(plan.Models);
    }

    [Fact]
    public async Task Another_model_under_the_same_tier_is_another_question()
    {
        var plan = (await Review(Plan("claude"))).OrThrow();
        var other = plan with { Models = [.. plan.Models.Select(m => m with { Model = "claude-haiku-9" })] };
        var dearer = plan with { Models = [.. plan.Models.Select(m => m with { InputUsd = 99 })] };
        var task = plan.Expand().First();

        Assert.NotEqual(Print(plan, task), Print(other, task));
        Assert.Equal(Print(plan, task), Print(dearer, task));
    }

    [Fact]
    public void Prices_of_now_replace_those_of_the_plan_and_the_models_stay()
    {
        var settled = new RunModel("claude", "haiku", "claude-haiku-4-5", null, null);

        Assert.Equal([settled with { InputUsd = 1, OutputUsd = 5 }], PlanModels.Priced([settled], ModelTable.BuiltIn));
    }

    private static Hash256 Print(Plan plan, TaskSpec task) => new StepFingerprint(plan.ToHeader("20260101-000000-00000000", 1, null)).OfWorker(task);

    private Task<PlanResult> Review(string yaml, PlanSurroundings? surroundings = null) =>
        PlanFile.ParseAsync(yaml, "plan.yaml", home.Path, surroundings ?? Usual, TestContext.Current.CancellationToken);

    private static string Plan(string agent, string more = "capacity: 24") => $"goal: x\nagent: {agent}\n{more}\ndomains:\n  - id: t\n    tasks:\n"
        + string.Concat(Enumerable.Range(1, 5).Select(i => $"      - {{ id: t-{i}, task: Look, model: haiku }}\n"));
}
