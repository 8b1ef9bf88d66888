using System.Security.Cryptography;
using System.Text.Json;

namespace Muster.EndToEnd.Builds;

/// <summary>A person's checkout that is built upon by the built command, and what that came to.</summary>
public sealed class BuildProject(BuildScript script) : IDisposable
{
    private static readonly string[] Identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];

    private bool isAsked;

    public MusterProcess Muster { get; init; } = new();

    /// <summary>Absolute path of the person's checkout.</summary>
    public string Checkout => Directory.CreateDirectory(Path.Combine(Muster.Home, "shop")).FullName;

    /// <summary>Limit of attempts, so that a build which never ends does.</summary>
    public int MostAgents { get; init; } = 300;

    /// <summary>What the last command that drove the build printed.</summary>
    public MusterResult Last { get; private set; } = new(0, string.Empty, string.Empty);

    /// <summary>The same as JSON.</summary>
    public JsonElement Json { get; private set; }

    public string RunId => Path.GetFileName(Muster.OnlyRun);

    public void Dispose() => Muster.Dispose();

    /// <summary>A repository with one commit, on main.</summary>
    public async Task<string> CommitAsync(params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            Muster.Write(Path.Combine("shop", path), text);
        }

        if (!Directory.Exists(Path.Combine(Checkout, ".git")))
        {
            await GitAsync("init", "-q", "-b", "main");
        }

        await GitAsync("add", "-A");
        await GitAsync([.. Identity, "commit", "-q", "-m", "By the person"]);
        return await GitAsync("rev-parse", "HEAD");
    }

    /// <summary>What git prints in the person's checkout.</summary>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await Muster.RunToolAsync("git", ["-C", Checkout, .. arguments]);
        Assert.True(result.ExitCode == 0, $"git {string.Join(' ', arguments)}: {result.Errors}");
        return result.Output.Trim();
    }

    /// <summary>A file of the build's integration branch, or of another of its branches.</summary>
    public Task<string> FileAsync(string path, string branch = "integration") => GitAsync("show", $"orchestration/{RunId}/{branch}:{path}");

    /// <summary>Paths of the build's integration branch.</summary>
    public async Task<string[]> PathsAsync(string branch = "integration") =>
        (await GitAsync("ls-tree", "-r", "--name-only", $"orchestration/{RunId}/{branch}")).Split('\n');

    /// <summary>Begins the build, up to where it waits or ends.</summary>
    public Task<int> BuildAsync(params string[] more)
    {
        Muster.Write("script.yaml", script.ToText());
        return DriveAsync(["build", .. more.Contains("--feature") ? Array.Empty<string>() : ["A shop"], "--repo", Checkout, "--max-agents", $"{MostAgents}", "--script", Path.Combine(Muster.Home, "script.yaml"), .. more]);
    }

    /// <summary>Begins the build with an agent that no script of the engine's stands for, up to where it waits or ends.</summary>
    public Task<int> BuildByAsync(string agent, params string[] more) =>
        DriveAsync(["build", "A shop", "--repo", Checkout, "--agent", agent, "--max-agents", $"{MostAgents}", .. more]);

    /// <summary>Goes on, up to where it waits or ends.</summary>
    public Task<int> ResumeAsync() => DriveAsync("resume");

    /// <summary>The hash of a gate that waits.</summary>
    public string HashOf(string gate) => Json.GetProperty("build").GetProperty("gates").EnumerateArray()
        .Single(g => g.GetProperty("name").GetString() == gate && g.GetProperty("standing").GetString() == "open").GetProperty("sha256").GetString()!;

    /// <summary>Gates that wait, by name.</summary>
    public string Waiting => string.Join(", ", Json.GetProperty("build").GetProperty("gates").EnumerateArray()
        .Where(g => g.GetProperty("standing").GetString() == "open").Select(g => g.GetProperty("name").GetString()).Order());

    public string Status => Json.GetProperty("status").GetString()!;

    /// <summary>What a module does, in the report's words.</summary>
    public string Doing(string module) => Json.GetProperty("build").GetProperty("modules").EnumerateArray()
        .Single(m => m.GetProperty("name").GetString() == module).GetProperty("doing").GetString()!;

    /// <summary>Approves a gate, and lets the build go on.</summary>
    public async Task<int> ApproveAsync(string gate)
    {
        var decided = await Muster.RunAsync("approve", "--gate", gate, "--hash", HashOf(gate));
        Assert.True(decided.ExitCode == 0, decided.Output + decided.Errors);
        return await ResumeAsync();
    }

    /// <summary>Rejects a gate, and lets the build go on.</summary>
    public async Task<int> RejectAsync(string gate, string because)
    {
        var decided = await Muster.RunAsync("reject", "--gate", gate, "--hash", HashOf(gate), "--because", because);
        Assert.True(decided.ExitCode == 0, decided.Output + decided.Errors);
        return await ResumeAsync();
    }

    /// <summary>Approves the architecture, then the shipping; the build ends with the last's exit code.</summary>
    public async Task<int> ThroughAsync(params string[] more)
    {
        Expect(4, await BuildAsync(more), "architecture");
        Expect(4, await ApproveAsync("architecture"), "ship");
        return await ApproveAsync("ship");
    }

    /// <summary>Decides every gate that waits until none does: rejected with the words that stand under its name, else approved.</summary>
    /// <returns>The last exit code, and every gate that waited, in order.</returns>
    public async Task<(int Exit, string[] Gates)> DecideAsync(int exit, params (string Gate, string Because)[] rejected)
    {
        var (left, gates) = (rejected.ToList(), new List<string>());
        while (exit == 4)
        {
            Assert.True(gates.Count < 40 && Waiting.Length > 0, $"it waits for nothing, or for ever\n{Last.Output}\n{Last.Errors}");
            foreach (var gate in Waiting.Split(", "))
            {
                gates.Add(gate);
                var rejection = left.FirstOrDefault(r => r.Gate == gate);
                left.Remove(rejection);
                var decided = await Muster.RunAsync([.. rejection.Gate is null ? (string[])["approve"] : ["reject", "--because", rejection.Because], "--gate", gate, "--hash", HashOf(gate)]);
                Assert.True(decided.ExitCode == 0, decided.Output + decided.Errors);
            }

            exit = await ResumeAsync();
        }

        return (exit, [.. gates]);
    }

    /// <summary>What the first attempt at a step was asked.</summary>
    public string PromptOf(string step) =>
        File.ReadAllText(Directory.EnumerateFiles(Path.Combine(Muster.OnlyRun, "attempts"), "prompt.md", SearchOption.AllDirectories).Single(f => f.Contains($"/{step.Replace('/', '-')}/1/", StringComparison.Ordinal) || f.Contains($"/{step}/1/", StringComparison.Ordinal)));

    /// <summary>The latest round of a module.</summary>
    public int Round(string module) => Json.GetProperty("build").GetProperty("modules").EnumerateArray()
        .Single(m => m.GetProperty("name").GetString() == module).GetProperty("round").GetInt32();

    /// <summary>Fails with all that was printed.</summary>
    public void Expect(int code, int exit, string? waiting = null) =>
        Assert.True(exit == code && (waiting is null || Waiting == waiting), $"exit {exit}, waits for: {(isAsked ? Waiting : "?")}\n{Last.Output}\n{Last.Errors}\n{Reasons()}");

    /// <summary>Every step that a task was started for, with the number of attempts.</summary>
    public Dictionary<string, int> Attempts() => Directory.GetDirectories(Path.Combine(Muster.OnlyRun, "attempts"), "*", SearchOption.AllDirectories)
        .Where(d => int.TryParse(Path.GetFileName(d), out _)).GroupBy(d => Path.GetRelativePath(Path.Combine(Muster.OnlyRun, "attempts"), Path.GetDirectoryName(d)!))
        .ToDictionary(g => g.Key, g => g.Count());

    /// <summary>All of the person's checkout that a build may not touch: every file, what is checked out, index, configuration, hooks, branches.</summary>
    /// <param name="shipped">A branch that a person lets it move; null for none.</param>
    public string Snapshot(string? shipped = null)
    {
        var git = Path.Combine(Checkout, ".git");
        var files = Directory.EnumerateFiles(Checkout, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(git + "/", StringComparison.Ordinal))
            .Concat(Directory.EnumerateFiles(Path.Combine(git, "hooks")))
            .Concat(Directory.EnumerateFiles(Path.Combine(git, "refs"), "*", SearchOption.AllDirectories).Where(f => !f.Contains("/orchestration/", StringComparison.Ordinal) && (shipped is null || f != Path.Combine(git, "refs", "heads", shipped))))
            .Concat(new[] { "HEAD", "index", "config", "info/exclude" }.Select(f => Path.Combine(git, f)).Where(File.Exists));
        return string.Join('\n', files.Order(StringComparer.Ordinal).Select(f =>
            $"{Path.GetRelativePath(Checkout, f)} {new FileInfo(f).LinkTarget} {File.GetUnixFileMode(f)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))}"));
    }

    private async Task<int> DriveAsync(params string[] arguments)
    {
        Last = await Muster.RunAsync([.. arguments, "--json"]);
        isAsked = Last.Output.StartsWith('{');
        Json = isAsked ? JsonDocument.Parse(Last.Output).RootElement : default;
        return Last.ExitCode;
    }

    /// <summary>What the report says of every step, where there is one.</summary>
    private string Reasons() => Directory.Exists(Muster.Runs) && Directory.GetDirectories(Muster.Runs) is [var run] && File.Exists(Path.Combine(run, "report.md"))
        ? File.ReadAllText(Path.Combine(run, "report.md")) : string.Empty;
}
