using System.Text.Json;
using Muster.Agents;
using Muster.Agents.Batches;
using Muster.Agents.Inspect;
using Muster.Loopback;
using Muster.Loopback.Scripting;
using Muster.Models;
using Muster.Runs;
using Muster.Settings;
using Muster.Tests.Agents.Chat;

namespace Muster.Tests.Agents.Batches;

/// <summary>The batch agent, a tree, and a loopback server whose model does what the prompt says. Its minute is a second.</summary>
internal sealed class BatchBench : IAsyncDisposable
{
    public const string File = "# T\n## Findings\n- none\n<!-- DONE -->\n";

    private readonly TempDirectory home = new();
    private BatchAgent? agent;

    private BatchBench(ModelServer server, TimeProvider time, BatchOptions options) => (Server, Time, Options) = (server, time, options);

    public ModelServer Server { get; }

    public TimeProvider Time { get; }

    public BatchOptions Options { get; }

    public string? Key { get; set; } = "key";

    public string Root => Path.Combine(home.Path, "tree");

    public string Run => Path.Combine(home.Path, "run");

    public string Log => Path.Combine(Run, BatchLog.FileName);

    public BatchAgent Agent => agent ??= NewAgent();

    /// <summary>Batches that the server was asked to make.</summary>
    public IReadOnlyList<JsonElement> Asked => [.. Server.Requests.Where(r => r.Method == "POST" && r.Path.EndsWith("/batches", StringComparison.Ordinal)).Select(r => JsonDocument.Parse(r.Body).RootElement)];

    public static async Task<BatchBench> StartAsync(string? script = null, TimeSpan duration = default, BatchOptions? options = null)
    {
        var time = new FasterTime(60);
        var server = await ModelServer.StartAsync(new()
        {
            Time = time,
            BatchDuration = duration,
            Script = script is null ? ModelScript.Empty : ModelScript.Parse(script),
        });
        return new(server, time, options ?? new());
    }

    /// <summary>Another engine's agent for the same run.</summary>
    public BatchAgent NewAgent() => new(
        Run, new AgentSettings { BaseUrl = Server.Address }, ModelTable.BuiltIn, new SourceTrees(), variable => variable == "ANTHROPIC_API_KEY" ? Key : null, Options, Time);

    public string Write(string relative, string content) => home.File(relative, content);

    /// <summary>A task whose prompt holds the model's one step, as the server reads it.</summary>
    public AgentTask TaskOf(string id, object step, params string[] scope)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Run, "attempts", id, "1")).FullName;
        Directory.CreateDirectory(Root);
        var prompt = $"Shared words. {id}\n<<FAKE [ {JsonSerializer.Serialize(step)} ] FAKE>>\n";
        System.IO.File.WriteAllText(Path.Combine(directory, "prompt.md"), prompt);
        return new()
        {
            RunId = "20260101-000000-00000000",
            Step = $"worker/{id}",
            TaskId = id,
            Attempt = 1,
            Role = Role.Worker,
            Spec = new() { Id = id, Domain = "d", Name = id, Task = "Do it.", Model = "haiku", Tier = Tier.Haiku, Agent = "anthropic-batch", Scope = [.. scope] },
            Tier = Tier.Haiku,
            Model = "claude-haiku-4-5",
            Root = Root,
            Directory = directory,
            Prompt = prompt,
            SharedLength = "Shared words. ".Length,
            Timeout = TimeSpan.FromHours(25),
        };
    }

    public AgentTask Good(string id, params string[] scope) => TaskOf(id, new { text = $"{File}Done. {id}." }, scope);

    public async Task<List<AgentReport>> RunAsync(AgentTask task) =>
        await Agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

    public Task<List<AgentReport>[]> RunAllAsync(params AgentTask[] tasks) => Task.WhenAll(tasks.Select(RunAsync));

    /// <summary>Another engine takes attempts up.</summary>
    public async Task<List<AgentReport>[]> AdoptAllAsync(params AgentTask[] tasks)
    {
        using var next = NewAgent();
        return await Task.WhenAll(tasks.Select(async task => await next.AdoptAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>Begins attempts and lets their engine go away once it has done something.</summary>
    public async Task KillWhenAsync(Func<bool> isSo, params AgentTask[] tasks)
    {
        using var killed = new CancellationTokenSource();
        var dying = NewAgent();
        var attempts = tasks.Select(async task => await dying.RunAsync(task, killed.Token).ToListAsync(CancellationToken.None)).ToList();
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromSeconds(0.6), Time, TestContext.Current.CancellationToken);
        }

        dying.LetGo();
        await killed.CancelAsync();
        dying.Dispose();
        await Task.WhenAny(Task.WhenAll(attempts));
        Assert.All(attempts, attempt => Assert.True(attempt.IsCanceled));
    }

    /// <summary>Forgets that the last batch was made: as if its engine was killed before it read the answer.</summary>
    public void ForgetAnswer() => System.IO.File.WriteAllLines(Log, System.IO.File.ReadAllLines(Log).Where(line => !line.Contains("\"made\"", StringComparison.Ordinal)));

    public static AgentReport.Finished Finished(List<AgentReport> reports) => Assert.IsType<AgentReport.Finished>(reports[^1]);

    public static Usage? Used(List<AgentReport> reports) => reports.OfType<AgentReport.Used>().LastOrDefault()?.Usage;

    public async ValueTask DisposeAsync()
    {
        agent?.Dispose();
        await Server.DisposeAsync();
        home.Dispose();
    }
}
