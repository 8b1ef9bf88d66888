using Muster.Diagnosis;
using Muster.Settings;

namespace Muster.Tests.Diagnosis;

/// <summary>What this machine has of agents is found out by asking programs their version and looking whether variables are set, and by no more.</summary>
public sealed class AgentDiagnosisTests : IDisposable
{
    private const string Canary = "sk-canary-4711";

    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_program_that_tells_its_version_is_there_with_its_path()
    {
        var path = Program("claude", "echo '2.1.330 (Claude Code)'");

        var finding = await LookAsync("claude");

        Assert.Equal(MachineStanding.Good, finding.Standing);
        Assert.Equal($"2.1.330 (Claude Code), {path}; there is no key in ANTHROPIC_API_KEY; else it needs a login of its own, which is not looked at", finding.Detail);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_with_how_to_get_it()
    {
        var finding = await LookAsync("codex");

        Assert.Equal(MachineStanding.Absent, finding.Standing);
        Assert.Equal("'codex' is not on PATH", finding.Detail);
        Assert.Equal("Get it with 'npm install -g @openai/codex', or name its path under 'agents: codex: program:' in muster.yaml.", finding.Advice);
    }

    [Fact]
    public async Task The_settings_program_stands_before_the_usual_one()
    {
        Program("claude", "echo usual");
        var mine = Program("elsewhere/my-claude", "echo mine");
        home.File("config/muster.yaml", $"agents:\n  claude: {{ program: {mine} }}\n");

        Assert.StartsWith($"mine, {mine}", (await LookAsync("claude")).Detail, StringComparison.Ordinal);
    }

    /// <summary>Fault 14: a program that waits on stdin gets its end at once.</summary>
    [Fact]
    public async Task A_program_that_reads_its_stdin_finds_it_empty()
    {
        Program("gemini", "cat; echo read");

        Assert.StartsWith("read, ", (await LookAsync("gemini")).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_ended_with_all_that_it_started()
    {
        var left = Path.Combine(home.Path, "left");
        Program("opencode", $"(sleep 60; touch '{left}') & echo $! > '{left}.pid'; wait");

        var finding = await LookAsync("opencode", limit: TimeSpan.FromSeconds(1));

        Assert.Equal(MachineStanding.Weak, finding.Standing);
        Assert.Contains("it did not end within 1 s", finding.Detail, StringComparison.Ordinal);
        Assert.False(IsAlive(int.Parse(await File.ReadAllTextAsync(left + ".pid", TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_program_that_fails_is_told_with_its_words()
    {
        Program("codex", "echo 'node: not found' >&2; exit 127");

        var finding = await LookAsync("codex");

        Assert.Equal(MachineStanding.Weak, finding.Standing);
        Assert.Contains("exit code 127, node: not found", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("npm install -g @openai/codex", finding.Advice, StringComparison.Ordinal);
    }

    /// <summary>A canary: no key's value is told, and none is given to a program that is asked for its version, nor the person's home.</summary>
    [Fact]
    public async Task A_keys_value_goes_nowhere()
    {
        var seen = Path.Combine(home.Path, "seen");
        Program("claude", $"env > '{seen}'; echo 1");
        Environment.SetEnvironmentVariable("MUSTER_TEST_CANARY", Canary);
        try
        {
            var findings = await AllAsync(name => name is "ANTHROPIC_API_KEY" or "OPENAI_API_KEY" ? Canary : null);

            Assert.Contains("a key is in ANTHROPIC_API_KEY", findings.Single(f => f.Name == "anthropic").Detail, StringComparison.Ordinal);
            Assert.All(findings, f => Assert.DoesNotContain(Canary, f.Detail + f.Advice, StringComparison.Ordinal));
            var environment = await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Canary, environment, StringComparison.Ordinal);
            Assert.DoesNotContain($"HOME={Environment.GetEnvironmentVariable("HOME")}\n", environment, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MUSTER_TEST_CANARY", null);
        }
    }

    [Fact]
    public async Task A_chat_interface_without_its_key_is_told_with_where_the_key_goes()
    {
        var missing = await LookAsync("openai");
        Assert.Equal((MachineStanding.Absent, "there is no key in OPENAI_API_KEY"), (missing.Standing, missing.Detail));
        Assert.Contains("'agents: openai: key:' in muster.yaml", missing.Advice, StringComparison.Ordinal);

        home.File("config/muster.yaml", "agents:\n  openai: { base_url: http://127.0.0.1:11434/v1, key: MINE }\n");
        var own = await LookAsync("openai");
        Assert.Equal((MachineStanding.Good, "at 127.0.0.1, there is no key in MINE; an interface of your own may need none"), (own.Standing, own.Detail));
    }

    private async Task<MachineFinding> LookAsync(string agent, TimeSpan? limit = null) => (await AllAsync(_ => null, limit)).Single(f => f.Name == agent);

    private Task<IReadOnlyList<MachineFinding>> AllAsync(Func<string, string?> variable, TimeSpan? limit = null) =>
        new AgentDiagnosis(SettingsFile.Load(Path.Combine(home.Path, "config")), name => name == "PATH" ? Path.Combine(home.Path, "bin") : variable(name), limit)
            .LookAsync(TestContext.Current.CancellationToken);

    private string Program(string name, string script)
    {
        var path = home.File(name.Contains('/') ? name : "bin/" + name, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>A process that ended and was not collected yet does not count.</summary>
    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] != 'Z';
}
