using System.Diagnostics;

namespace Muster.EndToEnd.Builds;

/// <summary>Agents that propose, write and run what they should not.</summary>
public sealed class HostileBuildTests
{
    [Theory]
    [InlineData("s/\"depends_on\":\\[\\]/\"depends_on\":[\"billing\"]/", "depend on one another")]
    [InlineData("s#src/auth/\"#../../etc/\"#", "..")]
    [InlineData("s/\"auth\"/\"--upload-pack=x\"/g", "--upload-pack=x")]
    [InlineData("s#sh src/auth/test.sh#no-such-tool src/auth#", "test_command of auth begins with 'no-such-tool', and there is no such program")]
    [InlineData("10 MB", "auth.interface.md")]
    public async Task Contracts_that_cannot_be_are_refused_before_anybody_is_asked_about_them(string change, string told)
    {
        var script = new BuildScript(new("auth"), new("billing", "auth"));
        using var project = new BuildProject(script);
        var program = ShellAgent.Write(project, script);
        var modules = Path.Combine(project.Muster.Home, "parts", "architect", "contracts", "modules.json");
        if (change == "10 MB")
        {
            await File.AppendAllTextAsync(Path.Combine(Path.GetDirectoryName(modules)!, "interfaces", "auth.interface.md"), new string('x', 10_000_000), TestContext.Current.CancellationToken);
        }
        else
        {
            Assert.Equal(0, (await project.Muster.RunToolAsync("sed", "-i", change, modules)).ExitCode);
        }

        var exit = await project.BuildAsync("--agent", "command", "--program", program);

        project.Expect(1, exit, string.Empty);
        Assert.Contains(told, File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
        Assert.DoesNotContain(await project.PathsAsync(), p => p.StartsWith(".orchestration", StringComparison.Ordinal));
    }

    /// <summary>What a test command does is bounded: in time, in processes, and in where it writes.</summary>
    [Fact]
    public async Task Tests_that_hang_leave_processes_behind_or_write_outside_do_no_harm()
    {
        var script = new BuildScript(new("hang"), new("fork"), new("out"));
        using var project = new BuildProject(script);
        await project.CommitAsync(("README.md", "# Shop\n"));
        var mark = Path.Combine(project.Muster.Home, "mark");
        script["build/hang/1"] = script.Built("hang", ("src/hang/test.sh", "sleep 300.125\n"));
        script["build/fork/1"] = script.Built("fork", ("src/fork/test.sh", "(trap '' HUP TERM; sleep 300.25) & exit 0\n"));
        script["build/out/1"] = script.Built("out", ("src/out/test.sh", $"for f in {mark} {project.Checkout}/evil {project.Checkout}/.git/evil {project.Muster.Runs}/evil ../../../evil $HOME/evil .git; do echo evil > $f; done; exit 0\n"));
        var before = project.Snapshot();

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync("--test-time", "5s"), ("critical/hang", "it hangs"));

        project.Expect(0, exit);
        Assert.Equal(["architecture", "critical/hang", "ship"], gates);
        Assert.Contains("did not end within 5 s", project.PromptOf("build/hang/2"), StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcessesByName("sleep"), p => File.ReadAllText($"/proc/{p.Id}/cmdline").Contains("300.125", StringComparison.Ordinal));
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(d => File.Exists(Path.Combine(d, "bwrap"))), "the rest needs bubblewrap");
        Assert.DoesNotContain(Process.GetProcessesByName("sleep"), p => File.ReadAllText($"/proc/{p.Id}/cmdline").Contains("300.25", StringComparison.Ordinal));
        Assert.False(File.Exists(mark));
        Assert.Equal(before, project.Snapshot());
        Assert.Empty(Directory.EnumerateFiles(project.Muster.Home, "evil", SearchOption.AllDirectories));
        Assert.Equal((1, 1), (project.Round("out"), project.Round("fork")));
    }

    /// <summary>Fault 30: what an agent puts in the place of its directory, or gives no name that can be read, is refused and ends no engine.</summary>
    [Fact]
    public async Task Links_in_the_place_of_a_directory_and_names_that_are_no_text_are_refused()
    {
        var script = new BuildScript(new Part("auth"));
        using var project = new BuildProject(script);
        project.Muster.Write("private/notes.md", "# Notes\n\nnobody else's\n");
        var program = ShellAgent.Write(project, script, $$"""
            report() { printf '# x\n\n## Findings\n\n- none\n\n<!-- DONE -->\n' > "$MUSTER_OUTPUT"; echo "$1"; exit 0; }
            case "$MUSTER_TASK" in
              build/auth/1) echo '# Conflict' > "$beside/conflict.md"; report 'BLOCKED. Contract conflict: no clock' ;;
              judge/*) printf 'x' > "$beside/contracts/$(printf 'a\377.md')"; report 'Done. Flex: a clock.' ;;
              curate) rmdir "$beside/brains" 2> /dev/null || rm -rf "$beside/brains"; ln -s {{project.Muster.Home}}/private "$beside/brains"; report 'Done.' ;;
            esac
            """);

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync("--agent", "command", "--program", program, "--role", "worker=inspect"), ("module/auth", "build it"));

        project.Expect(3, exit);
        Assert.Equal(["architecture", "module/auth", "ship"], gates);
        Assert.DoesNotContain(await project.PathsAsync(), path => path.Contains("notes", StringComparison.Ordinal));
        var report = File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md"));
        Assert.Equal(0, (await project.Muster.RunToolAsync("rm", "-rf", Path.Combine(project.Muster.OnlyRun, "attempts", "judge"))).ExitCode); // .NET cannot remove that name.
        Assert.Contains("brains is a link", report, StringComparison.Ordinal);
        Assert.Contains("no name that can be read", report, StringComparison.Ordinal);
    }

    /// <summary>A socket needs no network: whoever reaches that of a service has what the service may.</summary>
    [Fact]
    public async Task A_test_reaches_no_socket_of_the_machines_services()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(d => File.Exists(Path.Combine(d, "bwrap"))), "it needs bubblewrap");
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Directory.Exists("/run"), "only root can put a socket where services have theirs");
        var place = Directory.CreateDirectory($"/run/muster-test-{Guid.NewGuid():n}");
        try
        {
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(place.FullName, "s")));
            var script = new BuildScript(new Part("auth"));
            script["build/auth/1"] = script.Built("auth", ("src/auth/test.sh", $"[ ! -e {place.FullName}/s ] && [ ! -e /var{place.FullName}/s ]\n"));
            using var project = new BuildProject(script);
            project.Expect(4, await project.BuildAsync(), "architecture");

            project.Expect(4, await project.ApproveAsync("architecture"), "ship"); // The test passed: it saw none.
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    /// <summary>Fault 75: what an agent did to the repository itself is told, whether its attempt counts or not.</summary>
    [Fact]
    public async Task An_agent_that_moves_branches_of_the_person_is_told_of_even_when_it_then_fails()
    {
        var script = new BuildScript(new Part("auth"));
        using var project = new BuildProject(script);
        await project.CommitAsync(("README.md", "# Shop\n"));
        var program = ShellAgent.Write(project, script, $"""
            case "$MUSTER_TASK" in
              build/auth/1|scaffold/1) if git -C {project.Checkout} branch "evil-$role"; then exit 1; fi ;;
            esac
            """);

        var exit = await project.BuildAsync("--agent", "command", "--program", program, "--role", "worker=inspect");
        project.Expect(4, exit, "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");

        Assert.All(["scaffold", "build"], role => Assert.Contains($"/1 worked: The ref refs/heads/evil-{role} is new", project.Last.Errors.Replace("/auth", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal));
    }

    /// <summary>Whatever agents write is shown clean, and a file that is not whole does not count.</summary>
    [Fact]
    public async Task Control_characters_of_agents_reach_no_terminal_and_a_forged_end_counts_for_nothing()
    {
        var script = new BuildScript(new("auth"), new("mail"))
        {
            ["build/auth/1"] = BuildScript.Blocked("auth \u001b[2J\u001b]0;owned\u0007 has \u202eno clock"),
            ["judge/auth/1"] = new { @return = "Done. Adapt: \u001b[31mprint\u001b[0m\u009b1m." },
        };
        script["build/mail/1"] = new object[]
        {
            new { output = "# mail\n\n## Findings\n\n- none\n\n<!-- DONE -->\n\nand more", files = script.Parts[1].Files },
            script.Built("mail"),
        };
        script["qc/mail/1"] = BuildScript.Qc("[minor] src/mail/run.sh:1: \u001b[2Jcleared \u001b]8;;http://evil.example\u0007link");
        using var project = new BuildProject(script);
        project.Expect(4, await project.BuildAsync());

        project.Expect(4, await project.ApproveAsync("architecture"), "conflict/auth/1");
        var shown = await project.Muster.RunAsync("approve", "--show");
        var status = await project.Muster.RunAsync("status");
        var step = await project.Muster.RunAsync("show", "build/auth/1");

        Assert.Contains("has", shown.Output, StringComparison.Ordinal);
        Assert.All([shown.Output, status.Output, step.Output, project.Last.Output], text =>
            Assert.DoesNotContain(text, c => char.IsControl(c) && c is not ('\n' or '\r' or '\t') || c is '\u202e'));
        var files = Directory.EnumerateFiles(project.Muster.OnlyRun, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(project.Muster.OnlyRun, "conflicts"))).Concat(Directory.EnumerateFiles(Path.Combine(project.Muster.OnlyRun, "qc"), "*backlog*"));
        Assert.All(files, file => Assert.DoesNotContain('\u001b', File.ReadAllText(file)));
        Assert.Contains("cleared", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "qc", "mail-backlog.md")), StringComparison.Ordinal); // Minor findings hold nobody up, and are kept.
        Assert.Contains("| build/mail/1 | Builder | Verified | 2 |", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_hundred_modules_are_built_in_one_run()
    {
        var parts = Enumerable.Range(0, 200).Select(i => new Part($"m-{i}") { Files = new() { [$"m/{i}/a"] = $"{i}\n" }, Paths = [$"m/{i}/"], Test = "true", Skeleton = $"m/{i}/b" }).ToArray();
        using var project = new BuildProject(new(parts)) { MostAgents = 3_000 };
        var began = Stopwatch.GetTimestamp();

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync("--sparse"));

        project.Expect(0, exit);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(began)}");
        Assert.Equal(["architecture", "ship"], gates);
        Assert.Equal(200, (await project.PathsAsync()).Count(p => p.StartsWith("m/", StringComparison.Ordinal) && p.EndsWith("/a", StringComparison.Ordinal)));
        Assert.True(new FileInfo(Path.Combine(project.Muster.OnlyRun, "summary.md")).Length < 12_000);
    }
}
