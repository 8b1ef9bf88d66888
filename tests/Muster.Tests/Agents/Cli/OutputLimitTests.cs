using System.Text.Json;
using Muster.Agents.Cli;

namespace Muster.Tests.Agents.Cli;

/// <summary>A CLI guesses what a model can write in one answer, and guesses low: it is told where it is known.</summary>
public sealed class OutputLimitTests
{
    [Theory]
    [InlineData("claude", "CLAUDE_CODE_MAX_OUTPUT_TOKENS")]
    [InlineData("opencode", "OPENCODE_EXPERIMENTAL_OUTPUT_TOKEN_MAX")]
    public void A_cli_with_a_limit_of_its_own_is_told_the_models(string cli, string variable)
    {
        using var run = new StandIn(StandIn.WellDone);

        var known = LaunchOf(cli, run, 96_000);
        var unknown = LaunchOf(cli, run, null);

        Assert.Contains((variable, "96000"), known.Variables);
        Assert.DoesNotContain(unknown.Variables, set => set.Name == variable);
    }

    /// <summary>Without the model's own limits opencode counts with none, and never makes room in its context.</summary>
    [Fact]
    public void Opencode_is_told_what_a_model_holds_and_writes()
    {
        using var run = new StandIn(StandIn.WellDone);

        var known = ModelOf(LaunchOf("opencode", run, 96_000));
        var unknown = ModelOf(LaunchOf("opencode", run, null));

        Assert.Equal((200_000, 96_000), (known.GetProperty("limit").GetProperty("context").GetInt32(), known.GetProperty("limit").GetProperty("output").GetInt32()));
        Assert.False(unknown.TryGetProperty("limit", out _));
    }

    private static JsonElement ModelOf(CliLaunch launch) =>
        JsonDocument.Parse(launch.Files.Single().Content).RootElement.GetProperty("provider").GetProperty("anthropic").GetProperty("models").GetProperty("some-model");

    private static CliLaunch LaunchOf(string cli, StandIn run, int? most) => CliDialects.All.Single(dialect => dialect.Name == cli).Launch(new()
    {
        Task = run.Task(),
        Model = "anthropic/some-model",
        MaxOutput = most,
        ContextWindow = most is null ? null : 200_000,
        KeyVariable = null,
        BaseUrl = null,
        UsesOwnLogin = false,
    });
}
