namespace Muster.EndToEnd;

/// <summary>Bad input gets a clear error that says what to do, the right exit code, and no stack trace.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = "goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n      - { id: a, task: Do, model: haiku }\n";
    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Theory]
    [InlineData(2, "audit", "nowhere")]
    [InlineData(2, "audit", "file.txt")]
    [InlineData(2, "audit", ".", "--fail-on", "awful")]
    [InlineData(2, "audit", ".", "--nonsense")]
    [InlineData(2, "audit", ".", "--baseline", "missing.json")]
    [InlineData(2, "audit", ".", "--baseline", ".")]
    [InlineData(2, "audit", ".", "--sarif", "nowhere/out.sarif")]
    [InlineData(2, "audit", ".", "--write-baseline", ".")]
    [InlineData(2, "audit", ".", "--sarif", "")]
    [InlineData(2, "audit", "")]
    [InlineData(2, "run", "missing.yaml")]
    [InlineData(2, "run", "bad.yaml")]
    [InlineData(2, "check", "bad.yaml")]
    [InlineData(2, "run", "good.yaml", "--agent", "nobody")]
    [InlineData(2, "run", "good.yaml", "--script", "bad-script.yaml")]
    [InlineData(2, "run", "")]
    [InlineData(2, "run", ".")]
    [InlineData(2, "check", "/dev/zero")]
    [InlineData(2, "plan")]
    [InlineData(2, "plan", "Find bugs")]
    [InlineData(2, "plan", "--catalog", "nothing")]
    [InlineData(1, "run", "good.yaml", "--runs", "file.txt/runs")]
    [InlineData(2, "status")]
    [InlineData(2, "show", "20991231")]
    [InlineData(2, "resume", "20991231")]
    [InlineData(2, "status", "")]
    [InlineData(2, "status", "../..")]
    [InlineData(2, "clean", "/", "--force")]
    [InlineData(2, "cancel", "/etc/")]
    [InlineData(2, "resume", "..")]
    [InlineData(2, "show", "a/b")]
    [InlineData(2, "watch", "x\ny")]
    [InlineData(2, "clean", "--older-than", "soon")]
    [InlineData(2, "frobnicate")]
    public async Task It_is_told_in_sentences(int exitCode, params string[] arguments)
    {
        muster.Write("file.txt", "x");
        muster.Write("good.yaml", Good);
        muster.Write("bad.yaml", Good + "      - { id: ../a, task: Do, model: haiku }\n");
        muster.Write("bad-script.yaml", "a: {dilay: 1s}");

        var result = await muster.RunAsync(arguments);

        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode}\n{result.Output}\n{result.Errors}");
        Assert.True(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length >= 2 || result.Errors.Count(c => c is '.') >= 2, result.Errors);
        Assert.DoesNotContain("   at ", result.Errors + result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", result.Errors, StringComparison.Ordinal);
        Assert.True(!Directory.Exists(muster.Runs) || Directory.GetDirectories(muster.Runs).Length == 0, "A run was left behind.");
    }

    /// <summary>Faults 31, 76 to 78 and 81 to 83.</summary>
    [Theory]
    [InlineData("{ id: a, task: t, model: haiku, after: [b] }|{ id: b, task: t, model: haiku, after: [a] }", "bad.yaml:6:15: error: These tasks wait for one another: a → b → a.")]
    [InlineData("{ id: a, task: t, model: haiku, after: ['b*'] }", "bad.yaml:6:15: error: Task 'a' comes after the pattern 'b*'.")]
    [InlineData("{ id: a, id: b, task: t, model: haiku }", "bad.yaml:6:18: error: The key 'id' is given twice; it stands at line 6 already.")]
    [InlineData("{ id: ../x, task: t, model: haiku }", "bad.yaml:6:15: error: '../x' cannot be an id: it has '/'.")]
    [InlineData("{ id: a, task: t, model: haiku }|{ id: a, task: t, model: haiku }", "bad.yaml:7:15: error: The id 'a' stands at line 6 already, so both tasks would write one file.")]
    [InlineData("{ id: a, task: 'Look at {itme}', model: haiku }", "bad.yaml:6:24: error: '{itme}' in 'task' stands for nothing here.")]
    [InlineData("{ id: a, task: t, model: haiku, timeout: -5m }", "bad.yaml:6:50: error: '-5m' is no duration above zero.")]
    [InlineData("{ id: a, task: t, model: haiku, timeout: 0 }", "bad.yaml:6:50: error: '0' is no duration above zero.")]
    [InlineData("{ id: a, task: t, model: haiku, timeout: 99999999999999d }", "bad.yaml:6:50: error: '99999999999999d' is no duration above zero.")]
    [InlineData("{ id: a, task: t, modle: haiku }", "bad.yaml:6:27: error: 'modle' is no key of a task. Did you mean 'model'?")]
    [InlineData("{ foreach: { lines: items }, id: i, task: '{item}', model: haiku }", "items:3: error: The item stands at line 1 already.")]
    [InlineData("{ foreach: { lines: empty }, id: i, task: '{item}', model: haiku }", "bad.yaml:6:42: error: 'empty' gives no item.")]
    [InlineData("{ foreach: { lines: . }, id: i, task: '{item}', model: haiku }", "bad.yaml:6:29: error: The items' file '.' cannot be read: it is a directory.")]
    public async Task A_plan_that_cannot_be_used_is_told_with_its_place(string tasks, string what)
    {
        muster.Write("items", "one\ntwo\none\n");
        muster.Write("empty", "");
        muster.Write("bad.yaml", "goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n" + string.Concat(tasks.Split('|').Select(task => $"      - {task}\n")));

        foreach (var command in new[] { "check", "run" })
        {
            var result = await muster.RunAsync(command, "bad.yaml");

            Assert.True(result.ExitCode == 2 && result.Errors.Contains(what, StringComparison.Ordinal), result.Errors);
        }

        Assert.True(!Directory.Exists(muster.Runs) || Directory.GetDirectories(muster.Runs).Length == 0, "A run was left behind.");
    }

    /// <summary>Fault 82: files that are no plan.</summary>
    [Theory]
    [InlineData("printf ''", "bad.yaml:1:1: error: The plan is empty.")]
    [InlineData("printf 'goal: \\377\\n'", "bad.yaml:1:7: error: The plan is not UTF-8 from here on.")]
    [InlineData("printf 'goal: x\\ndomains:\\n\\t- id: d\\n'", "bad.yaml:3:1: error: This is not YAML")]
    [InlineData("truncate -s 1G bad.yaml; printf ''", "The plan has 1,073,741,824 bytes")]
    public async Task A_file_that_is_no_plan_is_told_as_such(string write, string what)
    {
        await muster.RunToolAsync("sh", "-c", write.Contains("1G", StringComparison.Ordinal) ? "truncate -s 1G bad.yaml" : write + " > bad.yaml");

        var result = await muster.RunAsync("check", "bad.yaml");

        Assert.True(result.ExitCode == 2 && result.Errors.Contains(what, StringComparison.Ordinal), result.Errors);
    }

    /// <summary>Fault 82: a byte order mark and CRLF are no mistakes.</summary>
    [Fact]
    public async Task A_plan_of_another_editor_is_read()
    {
        muster.Write("plan.yaml", "\uFEFF" + Good.Replace("\n", "\r\n"));

        Assert.Equal(0, (await muster.RunAsync("check", "plan.yaml")).ExitCode);
    }

    /// <summary>A pipe where a file belongs would wait for ever.</summary>
    [Theory]
    [InlineData("check", "pipe")]
    [InlineData("run", "plan.yaml", "--script", "pipe")]
    [InlineData("check", "items.yaml")]
    [InlineData("audit", ".", "--baseline", "pipe")]
    public async Task A_pipe_is_refused(params string[] arguments)
    {
        await muster.RunToolAsync("mkfifo", "pipe");
        muster.Write("plan.yaml", Good);
        muster.Write("items.yaml", Good.Replace("id: a, task: Do", "foreach: { lines: pipe }, id: a, task: \"{item}\""));

        var result = await muster.RunAsync(arguments).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 2 && result.Errors.Contains("is a pipe or a device", StringComparison.Ordinal), result.Errors);
    }

    /// <summary>Fault 81: one task more than a million.</summary>
    [Fact]
    public async Task A_million_and_one_items_are_refused_and_leave_nothing()
    {
        muster.Write("items", string.Join('\n', Enumerable.Range(0, 1_000_001)));
        muster.Write("plan.yaml", Good.Replace("id: a, task: Do", "foreach: { lines: items }, id: a, task: \"{item}\""));

        var result = await muster.RunAsync("run", "plan.yaml");

        Assert.True(result.ExitCode == 2 && result.Errors.Contains("more than 1,000,000 tasks", StringComparison.Ordinal), result.Errors);
        Assert.Empty(Directory.GetDirectories(muster.Runs));
    }

    /// <summary>What cannot be printed is no reason to stop a run: it is told, and the code is no success.</summary>
    [Theory]
    [InlineData("> /dev/full", 1)]
    [InlineData("--json > /dev/full", 1)]
    [InlineData(">&-", 1)]
    [InlineData("2>&-", 0)]
    [InlineData("> /dev/full 2> /dev/full", 1)]
    [InlineData("| head -c 1", 0)]
    public async Task A_stream_that_cannot_be_written_stops_no_run(string redirection, int exitCode)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("needs a shell and /dev/full");
        }

        muster.Write("plan.yaml", Good);

        var result = await muster.RunToolAsync("bash", "-c", $"set -o pipefail; '{MusterProcess.Program}' run plan.yaml {redirection}");

        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode} {result.Errors}");
        Assert.Equal("complete", (await muster.JsonAsync("status")).GetProperty("status").GetString());
    }

    /// <summary>As root a rename would put a file where the device was.</summary>
    [Fact]
    public async Task A_report_may_go_to_a_device_or_through_a_link()
    {
        muster.Write("plan.yaml", Good);
        muster.Write("real.sarif", "old");
        File.CreateSymbolicLink(Path.Combine(muster.Home, "link.sarif"), "real.sarif");
        await muster.RunToolAsync("mkfifo", "pipe");
        using var reader = muster.Start("cat", "pipe");

        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--sarif", "pipe")).ExitCode);
        Assert.Contains("2.1.0", (await MusterProcess.EndAsync(reader)).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await muster.RunAsync("run", "plan.yaml", "--sarif", "link.sarif")).ExitCode);
        Assert.Contains("2.1.0", File.ReadAllText(Path.Combine(muster.Home, "real.sarif")), StringComparison.Ordinal);
        Assert.NotNull(new FileInfo(Path.Combine(muster.Home, "link.sarif")).LinkTarget);
    }

    /// <summary>Fault 26: what a plan says reaches no terminal as an escape sequence.</summary>
    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task A_plan_with_escape_sequences_colours_no_terminal(string command)
    {
        muster.Write("plan.yaml", Good.Replace("goal: x", "goal: \"\\e[31mred\\e[0m\"\n\"\\e]0;title\\a\": x"));
        var refused = await muster.RunAsync(command, "plan.yaml");
        Assert.Contains("is no key of a plan", refused.Errors, StringComparison.Ordinal);

        muster.Write("plan.yaml", Good.Replace("goal: x", "goal: \"\\e[31mred\\e[0m\""));
        var taken = await muster.RunAsync(command, "plan.yaml");

        Assert.DoesNotContain("\e", refused.Errors + taken.Output + taken.Errors + (await muster.RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.All(
            Directory.Exists(muster.Runs) ? Directory.GetFiles(muster.OnlyRun, "summary.md") : [],
            file => Assert.StartsWith("# red\n", File.ReadAllText(file), StringComparison.Ordinal));
    }

    /// <summary>A program that is not there is told before anything is spent, and stops no other task.</summary>
    [Fact]
    public async Task A_command_that_does_not_exist_is_told_by_check()
    {
        muster.Write("plan.yaml", Good.Replace("model: haiku", "model: haiku, agent: command, command: [no-such-program]"));

        var result = await muster.RunAsync("run", "plan.yaml");

        Assert.True(result.ExitCode == 2 && result.Errors.Contains("The program 'no-such-program' of task 'a' is not there", StringComparison.Ordinal), result.Errors);
    }

    [Fact]
    public async Task A_refused_plan_leaves_no_run_behind()
    {
        muster.Write("items", "a\na\n");
        muster.Write("plan.yaml", "goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n      - { foreach: { lines: items }, id: i, task: Do, model: haiku }\n");
        Directory.CreateDirectory(muster.Runs); // The command itself makes it only for a plan that it takes.

        Assert.Equal(2, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        Assert.Empty(Directory.GetDirectories(muster.Runs));
    }

    /// <summary>As root nothing is refused, so the command runs as nobody.</summary>
    [Fact]
    public async Task A_directory_that_may_not_be_read_or_written_is_told_as_such()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("needs root, to become nobody");
        }

        muster.Write("secret/x", "x");
        File.SetUnixFileMode(Path.Combine(muster.Home, "secret"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(muster.Home, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        string[] nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp", MusterProcess.Program];

        var unreadable = await muster.RunToolAsync("setpriv", [.. nobody, "audit", "secret"]);
        Assert.Equal((2, true), (unreadable.ExitCode, unreadable.Errors.Contains("may not be read", StringComparison.Ordinal)));

        muster.Write("open/x", "x");
        var unwritable = await muster.RunToolAsync("setpriv", [.. nobody, "audit", "open"]);
        Assert.True((1, true) == (unwritable.ExitCode, unwritable.Errors.Contains("cannot be made", StringComparison.Ordinal)), unwritable.Errors);
    }
}
