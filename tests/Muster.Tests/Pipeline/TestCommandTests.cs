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

    public void Dispose() => run.Delete(recursive: true);

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

    private Task<TestResult> RunAsync(string script, bool useNetwork = false, TimeSpan? limit = null, bool sandboxed = true)
    {
        var bubblewrap = sandboxed ? TestSandbox.Find() : null;
        Assert.SkipUnless(!sandboxed || bubblewrap is not null, "it needs bubblewrap");
        return new TestCommand(bubblewrap, run.FullName, limit ?? TimeSpan.FromMinutes(1), useNetwork)
            .RunAsync(["sh", "-c", script], Worktree, Path.Combine(run.FullName, "logs", "test.log"), TestContext.Current.CancellationToken);
    }
}
