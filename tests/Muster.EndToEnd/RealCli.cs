using Muster.Loopback;
using Muster.Loopback.Scripting;

namespace Muster.EndToEnd;

/// <summary>The real agent CLIs, as ./test installs them, driven by the built command against a model server on this machine.</summary>
internal sealed class RealCli : IAsyncDisposable
{
    public const string Key = "canary-key-of-the-agents", Secret = "canary-secret-of-somebody-else";

    /// <summary>Where ./test puts them: a directory each.</summary>
    private static readonly string Home = Environment.GetEnvironmentVariable("MUSTER_TEST_CLIS") is { Length: > 0 } set
        ? set
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "muster", "test-clis");

    private RealCli(MusterProcess muster, ModelServer server)
    {
        (Muster, Server) = (muster, server);
        Muster.Variables["PATH"] = string.Join(':', Names.Select(Directory).Append(Environment.GetEnvironmentVariable("PATH")));
        Muster.Variables["XDG_CONFIG_HOME"] = Path.Combine(Muster.Home, "config");
        foreach (var name in (string[])["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"])
        {
            Muster.Variables[name] = Key;
        }

        Muster.Variables["ANTHROPIC_BASE_URL"] = Muster.Variables["GOOGLE_GEMINI_BASE_URL"] = server.Address.ToString().TrimEnd('/');
        Muster.Variables["OPENAI_BASE_URL"] = new Uri(server.Address, "v1").ToString();
        Muster.Variables["AWS_SECRET_ACCESS_KEY"] = Secret;
    }

    public static IEnumerable<string> Names => ["claude", "codex", "opencode", "gemini"];

    public MusterProcess Muster { get; }

    public ModelServer Server { get; }

    public string Tree => TreeOf(Muster);

    /// <summary>A server, and a tree under git.</summary>
    /// <param name="cli">The CLI that the test is about; the test is skipped and named where it, or the sandbox that it needs, is not there. An agent that is no CLI needs neither.</param>
    /// <param name="script">What single tasks do at the server, in its words, with {tree} for the tree; empty: all do well.</param>
    public static async Task<RealCli> StartAsync(string cli, string script = "")
    {
        Assert.SkipUnless(!Names.Contains(cli) || File.Exists(Path.Combine(Directory(cli), cli)), $"{cli} is not installed in {Home}: run ./test as root or with CI=true, with npm");
        Assert.SkipWhen(
            cli is "opencode" or "gemini" && !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(d => File.Exists(Path.Combine(d, "bwrap"))),
            $"{cli} needs bubblewrap, which is not installed");
        var muster = new MusterProcess();
        muster.Write("tree/src/a.cs", "class A { }\n");
        await muster.CommitAsync(TreeOf(muster));
        var behaviour = script.Length == 0 ? ModelScript.Empty : ModelScript.Parse(script.Replace("{tree}", TreeOf(muster), StringComparison.Ordinal));
        return new(muster, await ModelServer.StartAsync(new() { Script = behaviour }));
    }

    /// <summary>A plan of small tasks, each of one of these agents.</summary>
    public void Plan(IEnumerable<string> agents, string tools = "Read, Grep, Glob", string limits = "{ agents: 100 }") => Muster.Write("plan.yaml", $"""
        goal: Try the agents
        root: tree
        limits: {limits}
        domains:
          - id: d
            tasks:
        {string.Join('\n', agents.Select((agent, i) => $"      - {{ id: t-{i}, name: Look at it {i}, task: Look., model: haiku, agent: {agent}, tools: [{tools}] }}"))}
        """);

    /// <summary>What git sees of the tree, beside what it was.</summary>
    public async Task<string> ChangesAsync() =>
        (await Muster.RunToolAsync("git", "-C", Tree, "status", "--porcelain", "--ignored")).Output;

    /// <summary>Files of the run in which a text stands.</summary>
    public IEnumerable<string> FilesWith(string text) => System.IO.Directory.EnumerateFiles(Muster.OnlyRun, "*", SearchOption.AllDirectories)
        .Where(file => !file.EndsWith(".sock", StringComparison.Ordinal) && Holds(file, text));

    /// <summary>The environments of the agents of this test that run now.</summary>
    public IEnumerable<string[]> AgentProcesses()
    {
        foreach (var directory in System.IO.Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            string[] lines;
            try
            {
                lines = File.ReadAllText(Path.Combine(directory, "environ")).Split('\0');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // It has ended.
            }

            if (lines.Any(line => line.StartsWith("MUSTER_ATTEMPT=", StringComparison.Ordinal)) && lines.Any(line => line.Contains(Muster.Home, StringComparison.Ordinal)))
            {
                yield return lines;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Muster.Dispose();
    }

    /// <summary>Where a CLI's program is.</summary>
    public static string Program(string cli) => Path.Combine(Directory(cli), cli);

    private static string TreeOf(MusterProcess muster) => Path.Combine(muster.Home, "tree");

    private static string Directory(string cli) => Path.Combine(Home, cli, "node_modules", ".bin");

    private static bool Holds(string file, string text)
    {
        try
        {
            return File.ReadAllText(file).Contains(text, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // A lock that a keeper still holds; there is nothing in it.
        }
    }
}
