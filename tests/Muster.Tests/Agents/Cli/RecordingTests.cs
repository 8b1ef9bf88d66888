using Muster.Agents.Cli;
using Muster.Models;
using Muster.Runs;

namespace Muster.Tests.Agents.Cli;

public sealed class RecordingTests
{
    private const string Claude = "claude-haiku-4-5", Codex = "gpt-6-luna";

    [Fact]
    public void Claude_is_read_with_its_tools_its_denials_and_its_own_figure_of_the_cost()
    {
        var transcript = Recording.Read("claude", Claude, "claude-done");

        Assert.Equal(("Done. One sentence.", true, 4), (transcript.Said, transcript.HasEnded, transcript.ToolCalls));
        Assert.Equal("a call of Write was denied", transcript.Denied);
        Assert.Null(transcript.Failure);
        Assert.Equal(new Usage(4_000, 230, 0.004545m), transcript.Usage); // 200 + 700 read and 100 written by the cache, then 3 x 1,000; two blocks of one message count once.
        Assert.True(Guid.TryParse(transcript.Session, out _));
    }

    [Fact]
    public void What_a_killed_claude_took_counts_beside_what_the_one_that_goes_on_reports()
    {
        var killed = Recording.Read("claude", Claude, "claude-killed");
        var both = Recording.Read("claude", Claude, "claude-killed", "claude-resumed");

        Assert.Equal((2_000, false), (killed.Usage.InputTokens, killed.HasEnded));
        Assert.Equal((killed.Usage.InputTokens + 1_000, killed.Usage.Usd + 0.00125m), (both.Usage.InputTokens, both.Usage.Usd));
        Assert.Equal((killed.Session, true), (both.Session, both.HasEnded));
    }

    [Fact]
    public void A_figure_that_is_cumulative_over_a_session_counts_only_for_what_is_new()
    {
        var transcript = new CliTranscript(Claude, ModelTable.BuiltIn);
        transcript.TookInSession(new(1_000, 50), 0.01m);
        transcript.BeginProcess();

        transcript.TookInSession(new(2_000, 100), 0.02m);
        transcript.TookInSession(new(1_000, 50), 0.01m); // An old line, read late.
        transcript.TookInSession(new(3_000, 150), 0.03m);

        Assert.Equal(new Usage(3_000, 150, 0.03m), transcript.Usage);
    }

    [Theory]
    [InlineData(1, "codex-done")] // A command that its sandbox stops is not always told.
    [InlineData(2, "codex-killed", "codex-resumed")]
    public void Codex_tells_sums_of_its_session_in_two_places_and_neither_counts_twice(int tools, params string[] processes)
    {
        var transcript = Recording.Read("codex", Codex, processes);

        Assert.Equal((3_000, 150), (transcript.Usage.InputTokens, transcript.Usage.OutputTokens));
        Assert.Equal(ModelTable.BuiltIn.CostOf(Codex, new(3_000, 150)), transcript.Usage.Usd);
        Assert.Equal((tools, true), (transcript.ToolCalls, transcript.HasEnded));
        Assert.StartsWith("# T\n", transcript.Said, StringComparison.Ordinal);
    }

    /// <summary>An agent that was given tools and called none is not believed; one that called them in a script did.</summary>
    [Fact]
    public void A_script_in_which_codex_calls_its_tools_counts_though_its_stream_is_silent_about_it() =>
        Assert.Equal(1, Recording.Read("codex", Codex, "codex-script").ToolCalls);

    [Fact]
    public void A_killed_codex_is_known_by_the_log_of_its_session()
    {
        var transcript = Recording.Read("codex", Codex, "codex-killed");

        Assert.Equal((2_000, false), (transcript.Usage.InputTokens, transcript.HasEnded));
        Assert.NotNull(transcript.Usage.Usd);
    }

    [Fact]
    public void OpenCode_is_read_step_by_step_and_priced_by_our_table()
    {
        var transcript = Recording.Read("opencode", "anthropic/claude-haiku-4-5", "opencode-done");

        Assert.Equal(("Done. One sentence.", true, 3), (transcript.Said, transcript.HasEnded, transcript.ToolCalls));
        Assert.Equal(new Usage(4_000, 200, 0.005m), transcript.Usage);
        Assert.Equal("a call of write was denied", transcript.Denied);
        Assert.StartsWith("ses_", transcript.Session, StringComparison.Ordinal);
    }

    [Fact]
    public void Gemini_is_read_to_its_result_and_what_it_said_before_a_call_is_not_its_last_word()
    {
        var transcript = Recording.Read("gemini", "gemini-3.8-flash", "gemini-done");

        Assert.Equal(("Done. One sentence.", true, 3), (transcript.Said, transcript.HasEnded, transcript.ToolCalls));
        Assert.Equal(new Usage(4_000, 200, ModelTable.BuiltIn.CostOf("gemini-3.8-flash", new(4_000, 200))), transcript.Usage);
        Assert.Equal("a call of write_file was denied", transcript.Denied);
    }

    /// <summary>Faults 1 to 5 as the CLIs tell them, after their own retries.</summary>
    [Theory]
    [InlineData("claude-401", FailureClass.Permanent, "Invalid API key")]
    [InlineData("claude-429", FailureClass.Transient, "slow")]
    [InlineData("claude-529", FailureClass.Transient, "Overloaded")]
    [InlineData("claude-credit", FailureClass.Quota, "Credit balance is too low")]
    [InlineData("claude-spend-limit", FailureClass.Quota, "monthly spend limit")]
    [InlineData("claude-too-long", FailureClass.Agent, "prompt too long")]
    [InlineData("codex-401", FailureClass.Permanent, "401 Unauthorized")]
    [InlineData("codex-404", FailureClass.Permanent, "does not exist")]
    [InlineData("codex-429", FailureClass.Transient, "429 Too Many Requests")]
    [InlineData("codex-503", FailureClass.Transient, "503 Service Unavailable")]
    [InlineData("codex-capacity", FailureClass.Transient, "at capacity")]
    [InlineData("codex-quota", FailureClass.Quota, "Quota exceeded")]
    [InlineData("opencode-401", FailureClass.Permanent, "Incorrect API key")]
    [InlineData("gemini-401", FailureClass.Permanent, "API key not valid")]
    public void A_refusal_of_the_provider_has_its_class_and_its_words_and_costs_nothing(string recording, FailureClass expected, string words)
    {
        var transcript = Recording.Read(recording[..recording.IndexOf('-')], Claude, recording);

        Assert.Equal(expected, transcript.Failure?.Class);
        Assert.Contains(words, transcript.Failure!.Reason, StringComparison.Ordinal);
        Assert.Equal(Usage.None, transcript.Usage);
    }

    [Fact]
    public void A_refusal_of_the_model_is_told_as_one()
    {
        var transcript = Recording.Read("claude", Claude, "claude-refusal");

        Assert.Equal(FailureClass.Agent, transcript.Failure?.Class);
        Assert.StartsWith("the model refused: ", transcript.Failure!.Reason, StringComparison.Ordinal);
    }

    /// <summary>Its stream is silent about it, so its log is read: one line of it for each refusal.</summary>
    [Theory]
    [InlineData("""timestamp=2026-11-25T15:33:39.800Z level=ERROR run=64832b6f message="stream error" providerID=anthropic modelID=x session.id=ses_1 small=false agent=build mode=primary error.error="AI_APICallError: Slow down." """, "AI_APICallError: Slow down.")]
    [InlineData("""timestamp=2026-11-25T15:33:39.800Z level=ERROR run=64832b6f message="failed to load" error.error="Slow down." """, null)]
    [InlineData("Slow down.", null)]
    public void OpenCode_tells_in_its_log_that_it_was_refused(string line, string? words) =>
        Assert.Equal(words, CliDialects.All.Single(d => d.Name == "opencode").RefusalIn(line.TrimEnd()));

    /// <summary>Who wrote and did nothing else has looked at nothing.</summary>
    [Theory]
    [InlineData("claude", "claude-done", 4, 2)]
    [InlineData("opencode", "opencode-done", 3, 1)]
    [InlineData("gemini", "gemini-done", 3, 1)]
    public void Calls_that_write_are_told_from_those_that_look(string cli, string recording, int calls, int looks)
    {
        var transcript = Recording.Read(cli, Claude, recording);

        Assert.Equal((calls, looks), (transcript.ToolCalls, transcript.Looks));
    }

    [Fact]
    public void A_killed_process_that_told_nothing_leaves_the_cost_unknown_though_the_next_one_tells_its_own()
    {
        var transcript = new CliTranscript(Claude, ModelTable.BuiltIn);
        transcript.BeginProcess();
        transcript.BeginProcess();

        transcript.TookInProcess(new(1_000, 50));

        Assert.Equal(new Usage(1_000, 50, null), transcript.Usage);
    }

    [Fact]
    public void Nothing_told_is_an_unknown_cost_and_never_none() =>
        Assert.Null(new CliTranscript(Claude, ModelTable.BuiltIn).Usage.Usd);
}
