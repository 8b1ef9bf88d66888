using System.Text.Json;
using Muster.Agents;
using Muster.Agents.Chat;
using Muster.Agents.Inspect;
using Muster.Loopback;
using Muster.Models;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Tests.Agents.Chat;

/// <summary>A chat agent, a tree, and a loopback server whose model does what the prompt says.</summary>
internal sealed class ChatBench : IAsyncDisposable
{
    /// <summary>Of no form that is known, so that only its value can give it away.</summary>
    public const string Key = "canary-key-7d1f0c55a9";

    private readonly TempDirectory home = new();
    private readonly string name;
    private ChatAgent? agent;

    private ChatBench(string name, ModelServer server, TimeProvider time) => (this.name, Server, Time) = (name, server, time);

    public ModelServer Server { get; }

    public TimeProvider Time { get; }

    public ChatAgentOptions Options { get; init; } = new();

    public string? KeyInEnvironment { get; init; } = Key;

    public string Root => Path.Combine(home.Path, "tree");

    public string Run => Path.Combine(home.Path, "run");

    public ChatAgent Agent => agent ??= NewAgent();

    public static async Task<ChatBench> StartAsync(string name, ModelServerOptions? options = null, ChatAgentOptions? limits = null, double speed = 1, string? key = Key) =>
        new(name, await ModelServer.StartAsync(options), speed > 1 ? new FasterTime(speed) : TimeProvider.System) { Options = limits ?? new(), KeyInEnvironment = key };

    /// <summary>Another engine's agent for the same run.</summary>
    public ChatAgent NewAgent() => ChatAgent.Create(
        name, Run, new AgentSettings { BaseUrl = new(Server.Address, name == "openai" ? "v1" : string.Empty) },
        ModelTable.BuiltIn, new SourceTrees(), variable => variable.EndsWith("_API_KEY", StringComparison.Ordinal) ? KeyInEnvironment : null, Options, Time);

    public string File(string relative, string content) => home.File(relative, content);

    /// <summary>A task whose prompt holds the model's steps.</summary>
    /// <param name="id">The task's.</param>
    /// <param name="steps">As the server reads them; <c>$OUT</c> is the file to write.</param>
    public AgentTask TaskOf(string id, params object[] steps)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Run, "attempts", id, "1")).FullName;
        Directory.CreateDirectory(Root);
        var json = JsonSerializer.Serialize(steps).Replace("$OUT", Path.Combine(directory, "output.md"), StringComparison.Ordinal);
        var prompt = $"Shared words. {id}\n<<FAKE {json} FAKE>>";
        System.IO.File.WriteAllText(Path.Combine(directory, "prompt.md"), prompt);
        return new()
        {
            RunId = "20260101-000000-00000000",
            Step = $"worker/{id}",
            TaskId = id,
            Attempt = 1,
            Role = Role.Worker,
            Spec = new() { Id = id, Domain = "d", Name = id, Task = "Do it.", Model = "haiku", Tier = Tier.Haiku, Agent = name, Tools = ["Read", "Grep", "Glob", "Edit"] },
            Tier = Tier.Haiku,
            Model = "haiku",
            Root = Root,
            Directory = directory,
            Prompt = prompt,
            SharedLength = "Shared words. ".Length,
            Timeout = TimeSpan.FromMinutes(1),
        };
    }

    public static object Write => new { tool = "Write", input = new { file_path = "$OUT", content = "# T\n## Findings\n- none\n<!-- DONE -->\n" } };

    public static object Say(string text) => new { text };

    public static object Glob => new { tool = "Glob", input = new { pattern = "**" } };

    public static object Read(string path) => new { tool = "Read", input = new { file_path = path } };

    public async Task<List<AgentReport>> RunAsync(AgentTask task) =>
        await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

    public async Task<AgentReport.Finished> FinishedAsync(AgentTask task) => Finished(await RunAsync(task));

    public static AgentReport.Finished Finished(List<AgentReport> reports) => Assert.IsType<AgentReport.Finished>(reports[^1]);

    public static Usage Used(List<AgentReport> reports) => reports.OfType<AgentReport.Used>().Last().Usage;

    public List<TranscriptEntry> Transcript(AgentTask task)
    {
        var (transcript, entries) = Muster.Agents.Chat.Transcript.Open(task.Directory, new(() => null));
        transcript.Dispose();
        return entries;
    }

    public JsonElement Body(int request) => JsonDocument.Parse(Server.Requests.ElementAt(request).Body).RootElement;

    public async ValueTask DisposeAsync()
    {
        agent?.Dispose();
        await Server.DisposeAsync();
        home.Dispose();
    }
}
