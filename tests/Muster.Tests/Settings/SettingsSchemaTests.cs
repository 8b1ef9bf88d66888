using Muster.Models;

namespace Muster.Tests.Settings;

/// <summary>The settings' schema for editors is judged by a validator of another ecosystem, Python's jsonschema.</summary>
public sealed class SettingsSchemaTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void The_settings_of_the_documentation_fit_the_schema_and_are_read()
    {
        var example = string.Join('\n', File.ReadLines(Path.Combine(SchemaJudge.Root, "docs", "agents-and-money.md"))
            .SkipWhile(l => l != "    agents:").TakeWhile(l => l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l[4..]));
        home.File("muster.yaml", example);

        Assert.Equal((0, string.Empty), Judge(example));
        Assert.Equal(24, Muster.Settings.SettingsFile.Load(home.Path).Capacity);
    }

    [Fact]
    public void Every_agent_of_the_catalog_may_be_set() =>
        Assert.All(ModelCatalog.BuiltIn.Agents.Keys, agent => Assert.Equal((0, string.Empty), Judge($"agents: {{ {agent}: {{ models: {{ haiku: x }} }} }}")));

    [Theory]
    [InlineData("agent: {}")]
    [InlineData("agents: { cluade: {} }")]
    [InlineData("agents: { claude: { endpoint: x } }")]
    [InlineData("agents: { openai: { key: sk-1 } }")]
    [InlineData("agents: { claude: { login: mine } }")]
    [InlineData("agents: { openai: { sandbox: maybe } }")]
    [InlineData("agents: { openai: { base_url: ftp://x } }")]
    [InlineData("agents: { openai: { models: { haiku: --danger } } }")]
    [InlineData("models: { m: { prices: { input: 1 } } }")]
    [InlineData("limits: { usd: many }")]
    [InlineData("capacity: 1")]
    public void Settings_that_are_refused_do_not_fit_it(string yaml)
    {
        home.File("muster.yaml", yaml);

        Assert.Equal(1, Judge(yaml).ExitCode);
        Assert.Throws<Muster.Settings.SettingsException>(() => Muster.Settings.SettingsFile.Load(home.Path));
    }

    private (int ExitCode, string Output) Judge(string yaml) =>
        SchemaJudge.Judge(home, File.ReadAllText(Path.Combine(SchemaJudge.Root, "docs", "settings.schema.json")), yaml);
}
