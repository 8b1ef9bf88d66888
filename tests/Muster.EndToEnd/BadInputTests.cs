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
    [InlineData(1, "audit", ".", "--baseline", "missing.json")]
    [InlineData(2, "run", "missing.yaml")]
    [InlineData(2, "run", "bad.yaml")]
    [InlineData(2, "check", "bad.yaml")]
    [InlineData(2, "run", "good.yaml", "--agent", "nobody")]
    [InlineData(1, "run", "good.yaml", "--script", "bad-script.yaml")]
    [InlineData(1, "run", "good.yaml", "--runs", "file.txt/runs")]
    [InlineData(2, "status")]
    [InlineData(2, "show", "20991231")]
    [InlineData(2, "resume", "20991231")]
    [InlineData(2, "frobnicate")]
    public async Task It_is_told_in_sentences(int exitCode, params string[] arguments)
    {
        muster.Write("file.txt", "x");
        muster.Write("good.yaml", Good);
        muster.Write("bad.yaml", Good + "      - { id: ../a, task: Do, model: haiku }\n");
        muster.Write("bad-script.yaml", "a: {dilay: 1s}");

        var result = await muster.RunAsync(arguments);

        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode}\n{result.Output}\n{result.Errors}");
        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain("   at ", result.Errors + result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_plan_leaves_no_run_behind()
    {
        muster.Write("items", "a\na\n");
        muster.Write("plan.yaml", "goal: x\nagent: scripted\ndomains:\n  - id: d\n    tasks:\n      - { foreach: { lines: items }, id: i, task: Do, model: haiku }\n");

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
