using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Muster.EndToEnd;

/// <summary>Runs the built command as a user would, in a directory and with a place for runs of its own.</summary>
public sealed partial class MusterProcess : IDisposable
{
    public string Home { get; } = Directory.CreateTempSubdirectory("muster-e2e-").FullName;

    public string Runs => Path.Combine(Home, "runs");

    public Dictionary<string, string> Variables { get; } = [];

    public static string Program => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "muster.exe" : "muster");

    public async Task<MusterResult> RunAsync(params string[] arguments)
    {
        using var process = Start(Program, arguments);
        return await EndAsync(process);
    }

    public async Task<MusterResult> RunToolAsync(string tool, params string[] arguments)
    {
        using var process = Start(tool, arguments);
        return await EndAsync(process);
    }

    public Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["MUSTER_RUNS"] = Runs;
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(Home, "config");
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static async Task<MusterResult> EndAsync(Process process)
    {
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new(process.ExitCode, await output, errors);
    }

    /// <summary>Waits for what another process does and tells nobody; the test fails when it does not come in time.</summary>
    public static Task UntilAsync(Func<bool> isSo, int seconds = 30) => UntilAsync(() => Task.FromResult(isSo()), seconds);

    /// <inheritdoc cref="UntilAsync(Func{bool}, int)"/>
    public static async Task UntilAsync(Func<Task<bool>> isSo, int seconds = 30)
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(seconds), "what the test waits for did not come");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal; 0 when it was sent.</summary>
    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Kill(int pid, int signal);

    public string Write(string relative, string content)
    {
        var path = Path.Combine(Home, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Makes a real repository of the files that are there.</summary>
    public async Task CommitAsync(string directory)
    {
        foreach (var command in new[]
        {
            new[] { "init", "-q" }, ["add", "-A"], ["-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "First"],
        })
        {
            var result = await RunToolAsync("git", ["-C", directory, .. command]);
            Assert.True(result.ExitCode == 0, result.Errors);
        }
    }

    public string OnlyRun => Directory.GetDirectories(Runs).Single();

    public async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--json"]);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    public void Dispose() => Directory.Delete(Home, recursive: true);
}
