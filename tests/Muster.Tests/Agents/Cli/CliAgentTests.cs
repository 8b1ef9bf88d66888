using System.Runtime.InteropServices;
using System.Text.Json;
using Muster.Agents;
using Muster.Agents.Cli;
using Muster.Runs;
using Muster.Tests.Agents.Command;

namespace Muster.Tests.Agents.Cli;

public sealed partial class CliAgentTests
{
    [Fact]
    public async Task It_sees_its_own_key_and_nothing_else_of_the_environment_and_a_home_of_its_own()
    {
        using var run = new StandIn("env | sort > \"$TMPDIR/../env\"; pwd > \"$TMPDIR/../pwd\"; " + StandIn.WellDone);
        var task = run.Task();

        Assert.Null((await FinishAsync(run.NewAgent(), task)).Failure);

        var environment = await File.ReadAllLinesAsync(Path.Combine(task.Directory, "env"), TestContext.Current.CancellationToken);
        var names = environment.Select(line => line.Split('=')[0]).Where(name => !name.StartsWith("LC_", StringComparison.Ordinal)).Except(
            ["PATH", "LANG", "TZ", "PWD", "SHLVL", "OLDPWD", "_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"]);
        Assert.Equal(
            ["ANTHROPIC_API_KEY", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "CLAUDE_CODE_MAX_OUTPUT_TOKENS", "CLAUDE_CODE_MAX_RETRIES", "DISABLE_AUTOUPDATER", "DISABLE_ERROR_REPORTING", "DISABLE_TELEMETRY",
             "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_KEY_1", "GIT_CONFIG_VALUE_0", "GIT_CONFIG_VALUE_1", "GIT_OPTIONAL_LOCKS", "GIT_TERMINAL_PROMPT",
             "HOME", "MUSTER_ATTEMPT", "TMPDIR"],
            names.Order(StringComparer.Ordinal));
        Assert.Contains("CLAUDE_CODE_MAX_OUTPUT_TOKENS=128000", environment); // As the catalog has it for this model.
        Assert.Contains($"HOME={Path.Combine(task.Directory, "home")}", environment);
        Assert.DoesNotContain(environment, line => line.Contains(StandIn.Canary, StringComparison.Ordinal));
        Assert.Equal(run.Root + "\n", await File.ReadAllTextAsync(Path.Combine(task.Directory, "pwd"), TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(Path.Combine(task.Directory, "home"))); // It goes with the attempt.
    }

    [Fact]
    public async Task A_key_that_the_agent_shows_is_not_in_what_it_leaves()
    {
        using var run = new StandIn("echo \"the key is $ANTHROPIC_API_KEY!\"; echo $ANTHROPIC_API_KEY >&2; echo $ANTHROPIC_API_KEY > \"$TMPDIR/../notes.md\"; " + StandIn.WellDone);
        var task = run.Task();

        await FinishAsync(run.NewAgent(), task);

        Assert.Contains("the key is ***********************!", await File.ReadAllTextAsync(Path.Combine(task.Directory, "stdout.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(task.Directory, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(StandIn.Key, File.ReadAllText(file), StringComparison.Ordinal));
    }

    /// <summary>Faults 9, 10 and 14: it ends well without a word, and whether there is a file is not its to say.</summary>
    [Theory]
    [InlineData("exit 0", FailureClass.Agent, "its stream ended without an end")]
    [InlineData("exit 3", FailureClass.Agent, "exit code 3")]
    [InlineData("echo 'error: unknown option' >&2; exit 1", FailureClass.Agent, "exit code 1: error: unknown option")]
    [InlineData("echo 'API Error: 429 too many' >&2; exit 1", FailureClass.Transient, "exit code 1: API Error: 429 too many")]
    [InlineData("kill -9 $$", FailureClass.Agent, "ended by signal 9")]
    public async Task An_end_without_a_result_is_a_failure(string script, FailureClass expected, string reason)
    {
        using var run = new StandIn(script);

        var finished = await FinishAsync(run.NewAgent(), run.Task());

        Assert.Equal((expected, reason), (finished.Failure?.Class, finished.Failure?.Reason));
    }

    /// <summary>Fault 11: the file decides.</summary>
    [Fact]
    public async Task A_complete_file_counts_whatever_happened_after_it_and_that_is_told()
    {
        using var run = new StandIn(StandIn.WellDone.Split('\n')[0] + "\nexit 7");

        var finished = await FinishAsync(run.NewAgent(), run.Task());

        Assert.Equal((null, "exit code 7"), (finished.Failure, finished.Warning));
    }

    /// <summary>Fault 27, while it runs.</summary>
    [Fact]
    public async Task A_line_of_20_MB_on_its_stream_is_passed_over()
    {
        using var run = new StandIn("head -c 20000000 /dev/zero | tr '\\0' x; echo; " + StandIn.WellDone);

        var finished = await FinishAsync(run.NewAgent(), run.Task());

        Assert.Equal(("Done. It is there.", null), (finished.ReturnLine, finished.Failure));
    }

    /// <summary>Fault 30, security.md: the engine writes nothing at an agent's word through a link that the agent made.</summary>
    [Fact]
    public async Task An_agent_that_writes_its_file_itself_cannot_have_the_engine_write_elsewhere()
    {
        using var run = new StandIn("""
            printf '# t\n\n## Findings\n\n- none\n\n<!-- DONE -->\nDone. Ha.\n' > "$TMPDIR/../last-message.md"
            ln -s "$TMPDIR/../../victim" "$out"
            echo '{"type":"result","subtype":"success","is_error":false,"result":"Done.","session_id":"s-1"}'
            """);
        var task = run.Task();

        await FinishAsync(run.NewAgent(), task);

        Assert.False(File.Exists(Path.Combine(task.Directory, "..", "victim")));
    }

    [Fact]
    public async Task Usage_is_told_while_it_runs_so_that_it_can_be_stopped()
    {
        using var run = new StandIn("""
            echo '{"type":"assistant","session_id":"s-1","message":{"id":"m1","model":"claude-haiku-5-5","content":[{"type":"tool_use","id":"c1","name":"Read","input":{"file_path":"src/a.cs"}}],"usage":{"input_tokens":5000,"output_tokens":1}}}'
            sleep 60
            """);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new List<AgentReport>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var report in run.NewAgent().RunAsync(run.Task(), stop.Token))
            {
                seen.Add(report);
                if (report is AgentReport.Used { Usage.InputTokens: 5_000 })
                {
                    await stop.CancelAsync();
                }
            }
        });

        Assert.Null(Assert.IsType<AgentReport.Used>(seen[0]).Usage.Usd); // Before anything was told, the cost is unknown.
        Assert.Contains(new AgentReport.Progress("Read src/a.cs"), seen);
    }

    /// <summary>Fault 13.</summary>
    [Fact]
    public async Task What_is_missing_is_said_with_how_to_get_it_and_stops_launching()
    {
        using var run = new StandIn(StandIn.WellDone);
        using var old = new StandIn(StandIn.WellDone, version: "2.0.9");
        run.Settings = run.Settings with { Program = "/nowhere/claude" };
        var missing = await FinishAsync(run.NewAgent(), run.Task());
        run.Settings = run.Settings with { Program = run.Program, KeyVariable = "MUSTER_TEST_NO_SUCH_KEY" };
        var keyless = await FinishAsync(run.NewAgent(), run.Task());
        var tooOld = await FinishAsync(old.NewAgent(), old.Task());

        Assert.All([missing, keyless, tooOld], finished => Assert.Equal(FailureClass.Permanent, finished.Failure?.Class));
        Assert.Contains("was not found, or may not be executed. Install it with 'npm install -g @anthropic-ai/claude-code@2.1.330'", missing.Failure!.Reason, StringComparison.Ordinal);
        Assert.Contains("MUSTER_TEST_NO_SUCH_KEY is not set. Set it, or write 'login: user'", keyless.Failure!.Reason, StringComparison.Ordinal);
        Assert.Contains("is version 2.0.9; the agent 'claude' needs 2.1.197 or later. Install a newer one", tooOld.Failure!.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run.Run, "keeper.pid"))); // Nothing was started.
    }

    /// <summary>Fault 38.</summary>
    [Fact]
    public async Task What_an_engine_left_running_is_adopted_with_all_that_it_told_and_not_started_twice()
    {
        using var run = new StandIn("""
            echo started >> "$TMPDIR/../ledger"
            echo '{"type":"assistant","session_id":"s-1","message":{"id":"m1","content":[{"type":"tool_use","id":"c1","name":"Read","input":{}}],"usage":{"input_tokens":50,"output_tokens":1}}}'
            while [ ! -e "$TMPDIR/../go" ]; do sleep 0.05; done
            """ + "\n" + StandIn.WellDone);
        var task = run.Task();
        var first = run.NewAgent();
        using (var gone = new CancellationTokenSource())
        {
            var following = Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (var report in first.RunAsync(task, gone.Token))
                {
                    if (report is AgentReport.Progress { What: "Read" })
                    {
                        first.LetGo();
                        await gone.CancelAsync();
                    }
                }
            });
            await following;
        }

        var adopting = FinishAsync(run.NewAgent(), task, isAdopted: true);
        await File.WriteAllTextAsync(Path.Combine(task.Directory, "go"), string.Empty, TestContext.Current.CancellationToken);
        var finished = await adopting;

        Assert.Equal((null, "Done. It is there.", 1), (finished.Failure, finished.ReturnLine, finished.ToolCalls));
        Assert.Equal("started\n", await File.ReadAllTextAsync(Path.Combine(task.Directory, "ledger"), TestContext.Current.CancellationToken));
    }

    /// <summary>Fault 48: the keeper dies, and its agents with it; what they began is gone on with by their session.</summary>
    [Fact]
    public async Task A_lost_process_is_gone_on_with_by_its_session_and_what_it_took_still_counts()
    {
        using var run = new StandIn("""
            if [ -z "$resumes" ]; then
              echo '{"type":"assistant","session_id":"s-1","message":{"id":"m1","content":[{"type":"tool_use","id":"c1","name":"Read","input":{}}],"usage":{"input_tokens":50,"output_tokens":9}}}'
              sleep 60
            fi
            echo "$resumes" > "$TMPDIR/../resumed"; cat > "$TMPDIR/../second-prompt"
            """ + "\n" + StandIn.WellDone);
        var task = run.Task();
        var reports = new List<AgentReport>();

        await foreach (var report in run.NewAgent().RunAsync(task, TestContext.Current.CancellationToken))
        {
            reports.Add(report);
            if (report is AgentReport.Progress { What: "Read" })
            {
                var keeper = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(run.Run, "keeper.pid"), TestContext.Current.CancellationToken)).RootElement;
                Assert.Equal(0, Kill(keeper.GetProperty("pid").GetInt32(), 9));
            }
        }

        var finished = Assert.IsType<AgentReport.Finished>(reports[^1]);
        Assert.Equal((null, "Done. It is there."), (finished.Failure, finished.ReturnLine));
        Assert.Equal("s-1\n", await File.ReadAllTextAsync(Path.Combine(task.Directory, "resumed"), TestContext.Current.CancellationToken));
        Assert.StartsWith("You were interrupted.", await File.ReadAllTextAsync(Path.Combine(task.Directory, "second-prompt"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(150, reports.OfType<AgentReport.Used>().Last().Usage.InputTokens);
        Assert.Equal(2, reports.OfType<AgentReport.Started>().Count());

        // A later engine reads both processes' streams again, and starts nothing.
        var again = await FinishAsync(run.NewAgent(), task, isAdopted: true);
        Assert.Equal(finished.ReturnLine, again.ReturnLine);
        Assert.False(Directory.Exists(Path.Combine(task.Directory, "again-2")));
    }

    [Fact]
    public async Task A_path_that_its_rules_would_read_as_a_pattern_is_refused()
    {
        using var run = new StandIn(StandIn.WellDone);
        var task = run.Task("t*");

        var refused = await Assert.ThrowsAsync<CliAgentException>(() => FinishAsync(run.NewAgent(), task));

        Assert.Contains(task.Directory, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<AgentReport.Finished> FinishAsync(CliAgent agent, AgentTask task, bool isAdopted = false) => await CommandRun.FinishAsync(
        isAdopted ? agent.AdoptAsync(task, TestContext.Current.CancellationToken) : agent.RunAsync(task, TestContext.Current.CancellationToken));

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
