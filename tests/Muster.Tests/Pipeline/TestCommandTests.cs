using System.Net;
using System.Net.Sockets;
using Muster.Pipeline;
using TestResult = Muster.Pipeline.TestResult;

namespace Muster.Tests.Pipeline;

/// <summary>What a test command, which is an agent's code, sees and can do.</summary>
public sealed class TestCommandTests : IDisposable
{
    /// <summary>Neither beneath /tmp nor beneath the home, both of which the sandbox hides anyway.</summary>
    private readonly DirectoryInfo run = Directory.CreateDirectory($"{(Directory.Exists("/var/tmp") ? "/var/tmp" : AppContext.BaseDirectory)}/muster-test-{Guid.NewGuid():n}");

    public TestCommandTests() => Directory.CreateDirectory(Worktree);

    private string Worktree => Path.Combine(run.FullName, "builds", "module-auth");

    public void Dispose()
    {
        run.Delete(recursive: true);
        File.Delete(run.FullName + "-outside");
    }

    [Fact]
    public async Task One_that_takes_too_long_is_ended_and_has_failed()
    {
        var result = await RunAsync("echo begun; sleep 60", limit: TimeSpan.FromSeconds(1), sandboxed: false);

        Assert.Equal((false, "it did not end within 1 s", "begun"), (result.Passed, result.How, result.Tail));
    }

    /// <summary>In a network of its own it sees no port of the machine's.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_has_a_network_only_where_the_person_allowed_that(bool useNetwork)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var result = await RunAsync($"grep -q ':{((IPEndPoint)listener.LocalEndpoint).Port:X4} ' /proc/net/tcp", useNetwork);

        Assert.Equal(useNetwork, result.Passed);
    }

    [Fact]
    public async Task It_writes_in_its_worktree_and_sees_nothing_else_of_the_run_and_changes_nothing_of_gits()
    {
        await File.WriteAllTextAsync(Path.Combine(run.FullName, "run.db"), "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Worktree, ".git"), "gitdir: elsewhere\n", TestContext.Current.CancellationToken);

        var result = await RunAsync($"echo > written; ls -A {run.FullName} . | sort; echo evil > .git");

        Assert.False(result.Passed);
        Assert.Contains("written", result.Tail, StringComparison.Ordinal);
        Assert.DoesNotContain("run.db", result.Tail, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Worktree, "written")));
        Assert.Equal("gitdir: elsewhere\n", await File.ReadAllTextAsync(Path.Combine(Worktree, ".git"), TestContext.Current.CancellationToken));
    }

    /// <summary>The person's keys stand in the environment that the engine was started with.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_has_an_environment_of_its_own(bool sandboxed)
    {
        var variable = $"MUSTER_TEST_{Guid.NewGuid():n}";
        Environment.SetEnvironmentVariable(variable, "of the person");
        try
        {
            var result = await RunAsync("env", sandboxed: sandboxed);

            Assert.True(result.Passed, result.Tail);
            Assert.Contains("HOME=/tmp", result.Tail, StringComparison.Ordinal);
            Assert.DoesNotContain(variable, result.Tail, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public async Task It_can_write_nowhere_else_and_does_not_see_the_home()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var (outside, hidden) = (run.FullName + "-outside", Directory.EnumerateFiles(home).FirstOrDefault() ?? Path.Combine(home, "nothing"));

        var result = await RunAsync($"echo > {outside}; [ -e '{hidden}' ] && echo seen; true");

        Assert.True(result.Passed, result.Tail);
        Assert.DoesNotContain("seen", result.Tail, StringComparison.Ordinal);
        Assert.False(File.Exists(outside));
    }

    /// <summary>What it prints is an agent's, and is shown to people and agents.</summary>
    [Fact]
    public async Task Its_last_words_are_clean_and_without_secrets()
    {
        var result = await RunAsync($"printf '\\033[2Jkey ghp_{new string('a', 36)} end'; exit 3", sandboxed: false);

        Assert.Equal((false, "exit code 3"), (result.Passed, result.How));
        Assert.Contains("key ghp_**** (40 characters) end", result.Tail, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Tail, char.IsControl);
    }

    [Fact]
    public async Task Its_log_is_bounded()
    {
        var result = await RunAsync("head -c 20000000 /dev/zero", sandboxed: false);

        Assert.True(result.Passed, result.How);
        Assert.InRange(new FileInfo(Path.Combine(run.FullName, "logs", "test.log")).Length, 16 << 20, 17 << 20);
    }

    private Task<TestResult> RunAsync(string script, bool useNetwork = false, TimeSpan? limit = null, bool sandboxed = true)
    {
        var bubblewrap = sandboxed ? TestSandbox.Find() : null;
        Assert.SkipUnless(!sandboxed || bubblewrap is not null, "it needs bubblewrap");
        return new TestCommand(bubblewrap, run.FullName, limit ?? TimeSpan.FromMinutes(1), useNetwork)
            .RunAsync(["sh", "-c", script], Worktree, Path.Combine(run.FullName, "logs", "test.log"), TestContext.Current.CancellationToken);
    }
}
