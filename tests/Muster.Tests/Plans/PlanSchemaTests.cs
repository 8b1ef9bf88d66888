using Muster.Plans;

namespace Muster.Tests.Plans;

/// <summary>The schema for editors is judged by a validator of another ecosystem, Python's jsonschema.</summary>
public sealed class PlanSchemaTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void The_plans_that_we_ship_fit_the_schema()
    {
        var plans = Catalog.Names.Select(Catalog.TextOf).Append(Example());

        Assert.All(plans, plan => Assert.Equal((0, string.Empty), Judge(plan)));
    }

    [Theory]
    [InlineData("domains: []", "goal: x")]
    [InlineData("goal: x", "gaol: y")]
    [InlineData("goal: x\ndomains:\n  - id: UPPER\n    tasks: [{id: a, task: b, model: haiku}]", "")]
    [InlineData("goal: x\ndomains:\n  - id: d\n    tasks: [{id: a, task: b}]", "")]
    public void A_plan_that_is_refused_does_not_fit_it(string yaml, string more) => Assert.Equal(1, Judge(yaml + "\n" + more).ExitCode);

    /// <summary>The validator would notice a schema that lets more through: unknown keys, missing ones, other ids.</summary>
    [Theory]
    [InlineData("\"additionalProperties\": false", "\"additionalProperties\": true", "goal: x\ngaol: y\ndomains:\n  - id: d\n    tasks: [{id: a, task: b, model: haiku}]")]
    [InlineData("\"required\"", "\"x-required\"", "goal: x")]
    [InlineData("\"pattern\"", "\"x-pattern\"", "goal: x\ndomains:\n  - id: UPPER\n    tasks: [{id: a, task: b, model: haiku}]")]
    public void A_loosened_schema_lets_through_what_ours_refuses(string strict, string loose, string plan)
    {
        var schema = File.ReadAllText(Path.Combine(SchemaJudge.Root, "docs", "plan.schema.json"));

        Assert.Equal(1, Judge(plan).ExitCode);
        Assert.Equal((0, string.Empty), Judge(plan, schema.Replace(strict, loose, StringComparison.Ordinal)));
    }

    private static string Example()
    {
        var docs = Path.Combine(SchemaJudge.Root, "docs", "plans.md");
        return string.Join('\n', File.ReadLines(docs).SkipWhile(l => !l.StartsWith("    goal:", StringComparison.Ordinal))
            .TakeWhile(l => l.Length == 0 || l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l.Length > 4 ? l[4..] : l));
    }

    private (int ExitCode, string Output) Judge(string plan, string? schema = null) =>
        SchemaJudge.Judge(home, schema ?? File.ReadAllText(Path.Combine(SchemaJudge.Root, "docs", "plan.schema.json")), plan);
}
