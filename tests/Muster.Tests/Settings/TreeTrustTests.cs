using Muster.Settings;

namespace Muster.Tests.Settings;

/// <summary>What a tree says about its own audit counts once a person approved it, as it is, and never beyond models and limits.</summary>
public sealed class TreeTrustTests : IDisposable
{
    private const string Models = "agents:\n  claude: { models: { haiku: claude-haiku-4-5 } }\nlimits: { usd: 3, agents: 50 }\ncapacity: 12\n";

    private readonly TempDirectory home = new();

    private string Tree => Path.Combine(home.Path, "tree");

    private string Configuration => Path.Combine(home.Path, "config", "muster");

    private ApprovedFiles Approved => ApprovedFiles.Load(Configuration);

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_file_counts_only_once_it_is_approved_and_only_as_it_was_then()
    {
        var path = home.File("tree/muster.yaml", Models);
        Assert.Equal((ApprovalStanding.NotApproved, null), Standing(path));

        Approved.Approve([Approved.Look(path)!]);
        Assert.Equal((ApprovalStanding.Approved, Models), Standing(path));

        home.File("tree/muster.yaml", Models + " ");
        Assert.Equal((ApprovalStanding.Changed, null), Standing(path));

        home.File("tree/muster.yaml", Models);
        Assert.Equal(ApprovalStanding.Approved, Standing(path).Standing);
    }

    [Fact]
    public void What_was_approved_in_one_tree_is_not_in_another()
    {
        var approved = Approved;
        approved.Approve([approved.Look(home.File("tree/muster.yaml", Models))!]);

        Assert.Equal(ApprovalStanding.NotApproved, Standing(home.File("other/muster.yaml", Models)).Standing);
    }

    [Fact]
    public void A_tree_has_one_name_by_whatever_link_it_is_reached()
    {
        home.File("tree/muster.yaml", Models);
        Directory.CreateSymbolicLink(Path.Combine(home.Path, "link"), Tree);
        var approved = Approved;

        approved.Approve([approved.Look(Path.Combine(home.Path, "link", "muster.yaml"))!]);

        Assert.Equal(ApprovalStanding.Approved, Standing(Path.Combine(Tree, "muster.yaml")).Standing);
    }

    [Fact]
    public void Prompts_of_a_tree_stand_beside_its_settings()
    {
        home.File("tree/muster.yaml", Models);
        home.File("tree/.muster/prompts/worker.md", "Look well.\n");
        home.File("tree/.muster/prompts/notes.txt", "no prompt");

        var files = TreeFiles.In(Tree, Approved);

        Assert.Equal(["muster.yaml", "worker.md"], files.Select(f => Path.GetFileName(f.Path)));
        var before = TreeFiles.HashOf(files);
        home.File("tree/.muster/prompts/worker.md", "Look badly.\n");
        Assert.NotEqual(before, TreeFiles.HashOf(TreeFiles.In(Tree, Approved)));
    }

    [Fact]
    public void An_approved_file_sets_models_and_lowers_limits_and_never_raises_them()
    {
        File.Delete(home.File("config/muster/muster.yaml", string.Empty));
        home.File("config/muster/muster.yaml", "limits: { usd: 2, agents: 80, tokens: 1M }\nagents:\n  claude: { models: { haiku: mine, opus: my-opus } }\n");

        var settings = SettingsFile.Load(Configuration).With(Parse(Models));

        Assert.Equal(new(Agents: 50, Tokens: 1_000_000, Usd: 2), settings.Limits);
        Assert.Equal(12, settings.Capacity);
        Assert.Equal(("claude-haiku-4-5", "my-opus"), (settings.Models.ModelOf("claude", "haiku"), settings.Models.ModelOf("claude", "opus")));
    }

    [Theory]
    [InlineData("agents:\n  claude: { program: ./evil }", "2:13", "'program' is no key of an agent in a tree's settings")]
    [InlineData("agents:\n  openai: { base_url: https://evil }", "2:13", "'base_url' is no key")]
    [InlineData("agents:\n  openai: { key: HOME }", "2:13", "'key' is no key")]
    [InlineData("agents:\n  openai: { models: { haiku: --config=x } }", "2:30", "'--config=x' is no model's name")]
    [InlineData("models:\n  gpt-6-luna: { prices: { input: 0, output: 0 } }", "1:1", "'models' is no key of a tree's settings")]
    [InlineData("environment: { A: b }", "1:1", "'environment' is no key")]
    [InlineData("hooks: [x]", "1:1", "'hooks' is no key")]
    public void A_tree_never_sets_programs_endpoints_keys_prices_environment_or_hooks(string yaml, string place, string what)
    {
        var error = Assert.Throws<SettingsException>(() => Parse(yaml));

        Assert.Contains($"muster.yaml:{place}: error: {what}", error.Message, StringComparison.Ordinal);
        Assert.Contains("may name models of tiers and limits, nothing else", error.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_sets_is_told_in_words() => Assert.Equal(
        [
            "claude: haiku means the model claude-haiku-4-5", "at most 50 attempts, unless the command line or the plan says",
            "at most 3 USD, unless the command line or the plan says", "at most 12 units of capacity, unless the command line or the plan says",
        ],
        Parse(Models).Words());

    [Fact]
    public void A_damaged_list_of_approvals_approves_nothing_and_says_so()
    {
        home.File("config/muster/approved.json", "{ \"files\": [");

        Assert.Contains("What you approved cannot be read", Assert.Throws<SettingsException>(() => Approved).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MUSTER_ATTEMPT")]
    [InlineData("MUSTER_TASK")]
    [InlineData("MUSTER_OUTPUT")]
    [InlineData("MUSTER_RUN")]
    public void Who_has_an_agents_environment_is_no_person(string variable)
    {
        Assert.Equal($"has {variable} in its environment, as agents do", PersonCheck.WhyAgent(name => name == variable ? "x" : null));
        Assert.Null(PersonCheck.WhyAgent(_ => null));
    }

    private (ApprovalStanding Standing, string? Text) Standing(string path) => Approved.Look(path) is { } file ? (file.Standing, file.ApprovedText) : default;

    private TreeSettings Parse(string yaml)
    {
        var approved = Approved;
        return TreeSettings.Parse(approved.Look(home.File("tree/muster.yaml", yaml))!);
    }
}
