using System.Diagnostics;
using Muster.Agents.Chat.Tools;

namespace Muster.Tests.Agents.Chat.Tools;

/// <summary>Commands of a model, in the sandbox that is really there.</summary>
public sealed class BashToolTests : IDisposable
{
    private readonly ToolBench bench = new();

    public BashToolTests()
    {
        Assert.SkipUnless(Sandbox.Program is not null, "bubblewrap is not installed");
        bench.File("tree/src/a.py", "mine\n");
        bench.File("run/run.db", "the journal");
        bench.File("run/attempts/t1/1/transcript.jsonl", "{}\n");
        bench.File("run/attempts/t2/1/output.md", "another's");
    }

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task It_runs_in_the_tree_and_tells_output_and_exit_code()
    {
        Assert.Equal("mine\nno\n\n[exit code 3]", await bench.OkAsync("Bash", new { command = "cat src/a.py; echo no >&2; exit 3" }));
    }

    /// <summary>Fault 29 and security.md: as root the read-only mount could be mounted anew if the capabilities stayed.</summary>
    [Theory]
    [InlineData("echo theirs > src/a.py")]
    [InlineData("mount -o remount,rw,bind \"$PWD\" && echo theirs > src/a.py")]
    [InlineData("mount -o remount,rw / && echo theirs > src/a.py")]
    [InlineData("rm -rf src")]
    [InlineData("unshare -rm sh -c 'mount -o remount,rw,bind . ; echo theirs > src/a.py'")]
    public async Task The_tree_cannot_be_changed(string command)
    {
        await bench.OkAsync("Bash", new { command });

        Assert.Equal("mine\n", await File.ReadAllTextAsync(Path.Combine(bench.Root, "src/a.py"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_sees_neither_the_run_nor_the_home_nor_other_processes_nor_the_network()
    {
        var home = Environment.GetEnvironmentVariable("HOME")!;
        var text = await bench.OkAsync("Bash", new
        {
            command = $"cat '{bench.Run}/run.db' '{bench.Run}/attempts/t2/1/output.md'; ls '{home}'; ls /proc | grep -c '^[0-9]'; cat /proc/net/dev | grep -cv -e lo: -e face; env; cat /etc/shadow; touch /usr/x",
        });

        Assert.DoesNotContain("the journal", text, StringComparison.Ordinal);
        Assert.DoesNotContain("another's", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.GetEnvironmentVariable("USER") is { Length: > 0 } user ? $"USER={user}" : "USER=", text, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", text, StringComparison.Ordinal);
        Assert.False(File.Exists("/usr/x"));
    }

    [Fact]
    public async Task It_writes_in_the_attempts_directory_but_not_what_the_engine_goes_on_from()
    {
        await bench.OkAsync("Bash", new { command = $"cd '{bench.Task.Directory}' && echo new > notes.txt; echo '{{}}' >> transcript.jsonl; rm -f transcript.jsonl; mv transcript.jsonl x" });

        Assert.Equal("new\n", await File.ReadAllTextAsync(Path.Combine(bench.Task.Directory, "notes.txt"), TestContext.Current.CancellationToken));
        Assert.Equal("{}\n", await File.ReadAllTextAsync(Path.Combine(bench.Task.Directory, "transcript.jsonl"), TestContext.Current.CancellationToken));
    }

    /// <summary>Fault 15: a daemon in a session of its own ends with its command.</summary>
    [Fact]
    public async Task Its_time_is_limited_and_nothing_of_it_stays()
    {
        var mark = $"muster-mark-{Environment.ProcessId}";
        var clock = Stopwatch.StartNew();

        var text = await bench.OkAsync("Bash", new { command = $"setsid sh -c 'exec -a {mark} sleep 300' & (setsid sleep 301 &) ; sleep 300", timeout_seconds = 1 });

        Assert.Contains("longer than 1 seconds", text, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)).Select(CommandLine), line => line.Contains(mark, StringComparison.Ordinal));
    }

    /// <summary>Fault 25.</summary>
    [Fact]
    public async Task Its_output_is_bounded_and_keeps_beginning_and_end()
    {
        var text = await bench.OkAsync("Bash", new { command = "echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo last" });

        Assert.InRange(text.Length, 1, bench.Options.MostToolCharacters + 200);
        Assert.StartsWith("first\n", text, StringComparison.Ordinal);
        Assert.Contains("last\n", text, StringComparison.Ordinal);
        Assert.Contains("[cut: 49,", text, StringComparison.Ordinal);
    }

    /// <summary>Without a sandbox nothing is run, unless the machine's user says so; then still with a clean environment.</summary>
    [Fact]
    public async Task Where_there_is_no_sandbox_it_is_refused_unless_the_user_allows_it()
    {
        BashTool Bare(bool mayRunBare) => new(bench.Task, bench.Run, sandbox: null, mayRunBare, 30_000, TimeProvider.System);
        ToolArguments Command(string line) => new(new Dictionary<string, object?> { ["command"] = line });
        var ct = TestContext.Current.CancellationToken;

        var refused = await Assert.ThrowsAsync<ToolException>(() => Bare(mayRunBare: false).RunAsync(Command("touch made"), ct));
        var text = await Bare(mayRunBare: true).RunAsync(Command("cat src/a.py; env | cut -d= -f1 | sort"), ct);

        Assert.Contains("no sandbox", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(bench.Root, "made")));
        Assert.Equal("mine\nHOME\nPATH\nPWD\nSHLVL\n_\n\n[exit code 0]", text);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // It ended meanwhile.
        }
    }
}
