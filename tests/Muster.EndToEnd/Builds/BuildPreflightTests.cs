namespace Muster.EndToEnd.Builds;

/// <summary>What is looked at before a build spends anything: agents, test commands, what a model can write in one answer, the base.</summary>
public sealed class BuildPreflightTests
{
    [Theory]
    [InlineData("models: { claude-sonnet-5-5: { max_output: 8k } }", "", "'claude-sonnet-5-5' of agent anthropic writes 8,000 tokens in one answer at most, and a builder writes a file in one: it needs 16,000. Give the agent another model for the tier sonnet")]
    [InlineData("", "--test-command no-such-tool", "The command of --test-command begins with 'no-such-tool', and there is no such program on this machine's PATH. Install the program")]
    [InlineData("", "--integration-test no-such-tool", "The command of --integration-test begins with 'no-such-tool'")]
    [InlineData("", "--role qc=inspect", "The agent 'inspect' cannot be the qc: it writes nothing but reports. Name another")]
    [InlineData("", "--role qc=nobody", "There is no agent 'nobody'. Use one of")]
    public async Task A_build_that_could_not_end_well_is_refused_before_there_is_a_run(string settings, string option, string told)
    {
        using var project = Project(settings);
        var before = Directory.GetFileSystemEntries(project.Checkout);
        string[] options = ["build", "A shop", "--repo", project.Checkout, "--agent", "anthropic", .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

        foreach (var arguments in (string[][])[options, [.. options, "--dry-run"]])
        {
            var refused = await project.Muster.RunAsync(arguments);

            Assert.True(refused.ExitCode == 2 && refused.Output.Length == 0, $"{refused.ExitCode} {refused.Output}");
            Assert.Contains(told, refused.Errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
            Assert.Equal(before, Directory.GetFileSystemEntries(project.Checkout)); // Not even a repository.
            Assert.False(Directory.Exists(project.Muster.Runs));
        }
    }

    /// <summary>Only who writes files needs room for one: an audit's workers, and those who examine, write reports.</summary>
    [Fact]
    public async Task A_model_that_writes_little_may_examine_and_one_that_nobody_knows_is_told_of()
    {
        using var project = Project("""
            agents: { openai: { models: { haiku: small, sonnet: small, opus: small } }, anthropic: { models: { haiku: own-model, sonnet: own-model } } }
            models: { small: { max_output: 4k } }
            """);

        var outline = await project.Muster.RunAsync("build", "A shop", "--repo", project.Checkout, "--agent", "anthropic", "--role", "qc=openai", "--role", "worker=openai", "--dry-run");

        Assert.True(outline.ExitCode == 0, outline.Errors);
        var notice = Assert.Single(outline.Output.Split('\n'), line => line.Contains("in one answer", StringComparison.Ordinal));
        Assert.StartsWith("Nobody knows how much own-model of agent anthropic can write in one answer", notice, StringComparison.Ordinal);
        Assert.Contains("'max_output' under 'models:'", notice, StringComparison.Ordinal);
    }

    /// <summary>Fault 71. The build stands on a commit: what is not in it is told, and neither seen nor touched.</summary>
    [Fact]
    public async Task A_checkout_with_changes_is_told_of_and_a_base_that_cannot_be_is_refused()
    {
        var script = new BuildScript(new Part("auth"));
        using var project = new BuildProject(script);
        await project.GitAsync("init", "-q", "-b", "main");
        project.Muster.Write("shop/loose.txt", "no commit");
        project.Expect(2, await project.BuildAsync());
        Assert.Contains("has files and no commit: loose.txt", project.Last.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.Muster.Runs));
        File.Delete(Path.Combine(project.Checkout, "loose.txt"));

        await project.CommitAsync(("README.md", "# Shop\n"));
        project.Muster.Write("shop/README.md", "# Another\n");
        project.Muster.Write("shop/loose.txt", "not committed");
        var before = project.Snapshot();
        project.Expect(4, await project.BuildAsync(), "architecture");

        Assert.Contains("has changes that are not committed and so are no part of the build: README.md, loose.txt. Commit them first", project.Last.Errors, StringComparison.Ordinal);
        Assert.Equal("# Shop", await project.FileAsync("README.md"));
        Assert.DoesNotContain("loose.txt", await project.PathsAsync());
        Assert.Equal(before, project.Snapshot());
    }

    private static BuildProject Project(string settings)
    {
        var project = new BuildProject(new(new Part("auth")));
        project.Muster.Variables["ANTHROPIC_API_KEY"] = project.Muster.Variables["OPENAI_API_KEY"] = "none";
        if (settings.Length > 0)
        {
            project.Muster.Write("config/muster/muster.yaml", settings + "\n");
        }

        return project;
    }
}
