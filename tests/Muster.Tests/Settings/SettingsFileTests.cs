using Muster.Settings;

namespace Muster.Tests.Settings;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Without_a_file_what_is_usual_holds()
    {
        var settings = SettingsFile.Load(home.Path);

        Assert.Equal("claude", settings.For("claude").Program);
        Assert.Equal("OPENAI_API_KEY", settings.For("openai").KeyVariable);
        Assert.Null(settings.For("openai").BaseUrl);
        Assert.Null(settings.For("nobody").Program);
        Assert.Equal("claude-opus-5-5", settings.Models.ModelOf("claude", "opus"));
        Assert.Equal(new(), settings.Limits);
    }

    [Fact]
    public void A_file_of_comments_alone_sets_nothing()
    {
        Write("# nothing yet\n");

        Assert.Equal("claude", SettingsFile.Load(home.Path).For("claude").Program);
    }

    [Fact]
    public void What_a_person_sets_stands_over_what_is_usual_and_leaves_the_rest()
    {
        Write(
            """
            agents:
              openai:
                base_url: http://127.0.0.1:11434/v1
                key: MY_KEY
                models: { haiku: small-one }
              claude: { program: /opt/claude/bin/claude }
              codex: { login: user }
              anthropic: { sandbox: none }
            models:
              small-one: { context: 32k, max_output: 4k, prices: { input: 0, output: 0 } }
              claude-opus-5-5: { prices: [{ from: 2026-01-01, input: 3, output: 18 }] }
            limits: { usd: 2.50, agents: 40, tokens: 3M, wall: 2h }
            capacity: 12
            """);

        var settings = SettingsFile.Load(home.Path);

        Assert.Equal(new Uri("http://127.0.0.1:11434/v1"), settings.For("openai").BaseUrl);
        Assert.Equal("MY_KEY", settings.For("openai").KeyVariable);
        Assert.Equal("/opt/claude/bin/claude", settings.For("claude").Program);
        Assert.Equal((true, false), (settings.For("codex").UsesOwnLogin, settings.For("claude").UsesOwnLogin));
        Assert.Equal((true, false), (settings.For("anthropic").MayRunBare, settings.For("openai").MayRunBare));
        Assert.Equal("small-one", settings.Models.ModelOf("openai", "haiku"));
        Assert.Equal("gpt-6.2-sol", settings.Models.ModelOf("openai", "sonnet"));
        Assert.Equal(0m, settings.Models.CostOf("small-one", new(5, 5)));
        Assert.Equal(32_000, settings.Models.ContextWindowOf("small-one"));
        Assert.Equal(21m, settings.Models.CostOf("claude-opus-5-5", new(1_000_000, 1_000_000)));
        Assert.Equal(1_000_000, settings.Models.ContextWindowOf("claude-opus-5-5"));
        Assert.Equal(new(Agents: 40, Tokens: 3_000_000, Usd: 2.5m, Wall: TimeSpan.FromHours(2)), settings.Limits);
        Assert.Equal(12, settings.Capacity);
    }

    [Theory]
    [InlineData("agent: {}", "1:1", "'agent' is no key of settings.", "Did you mean 'agents'?")]
    [InlineData("agents:\n  cluade: {}", "2:3", "'cluade' is no key of the agents.", "Did you mean 'claude'?")]
    [InlineData("agents:\n  claude:\n    programm: x", "3:5", "'programm' is no key", "'program'")]
    [InlineData("agents:\n  openai:\n    base_url: ftp://x", "3:15", "no address", "https://")]
    [InlineData("agents:\n  openai:\n    base_url: https://user:pass@x/", "3:15", "no address", "without a user or key")]
    [InlineData("agents:\n  openai:\n    sandbox: maybe", "3:14", "'maybe' is no sandbox.", "Write 'required'")]
    [InlineData("agents:\n  claude:\n    login: mine", "3:12", "'mine' is no login.", "Write 'user'")]
    [InlineData("agents:\n  openai:\n    models: { tiny: x }", "3:15", "'tiny' is no key of a tier map", "haiku")]
    [InlineData("agents:\n  openai:\n    models: { haiku: --danger }", "3:22", "'--danger' is no model's name", "Begin it with a letter")]
    [InlineData("models:\n  m:\n    prices: { input: 1 }", "3:13", "'output' is missing", "Add")]
    [InlineData("models:\n  m:\n    prices: { input: -1, output: 2 }", "3:22", "'-1' is no number", "2.50")]
    [InlineData("models:\n  m:\n    prices: { from: yesterday, input: 1, output: 2 }", "3:21", "'yesterday' is no day", "2026-11-25")]
    [InlineData("limits: { usd: many }", "1:16", "'many' is no number", "2.50")]
    [InlineData("limits: [", "2:1", "This is not YAML", "quote")]
    public void What_settings_cannot_say_is_refused_with_its_place(string yaml, string place, string what, string nextStep)
    {
        Write(yaml);

        var error = Assert.Throws<SettingsException>(() => SettingsFile.Load(home.Path));

        Assert.Contains($"muster.yaml:{place}: error: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(nextStep, error.Message, StringComparison.Ordinal);
        Assert.Contains("without it the defaults hold", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_written_where_its_variables_name_belongs_is_refused_and_not_repeated()
    {
        Write("agents:\n  openai:\n    key: sk-very-secret-1234\n");

        var error = Assert.Throws<SettingsException>(() => SettingsFile.Load(home.Path));

        Assert.Contains("3:10", error.Message, StringComparison.Ordinal);
        Assert.Contains("never the key itself", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_or_bytes_that_are_no_text_are_told_apart()
    {
        Directory.CreateDirectory(Path.Combine(home.Path, SettingsFile.Name));
        Assert.Contains("is a directory", Assert.Throws<SettingsException>(() => SettingsFile.Load(home.Path)).Message, StringComparison.Ordinal);

        Directory.Delete(Path.Combine(home.Path, SettingsFile.Name));
        File.WriteAllBytes(Path.Combine(home.Path, SettingsFile.Name), [0x23, 0xFF, 0xFE]);
        Assert.Contains("not UTF-8", Assert.Throws<SettingsException>(() => SettingsFile.Load(home.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/x/config", "/home/a", "/x/config/muster")]
    [InlineData("relative", "/home/a", "/home/a/.config/muster")]
    [InlineData(null, "/home/a", "/home/a/.config/muster")]
    public void The_configuration_directory_follows_the_XDG_specification(string? configured, string home, string expected) => Assert.Equal(
        expected, SettingsFile.DirectoryOf(name => name == "XDG_CONFIG_HOME" ? configured : name == "HOME" ? home : null));

    private void Write(string yaml) => File.WriteAllText(Path.Combine(home.Path, SettingsFile.Name), yaml);
}
