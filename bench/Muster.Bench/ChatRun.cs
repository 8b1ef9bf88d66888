using Muster.Agents;
using Muster.Agents.Chat;
using Muster.Agents.Inspect;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Models;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster.Bench;

/// <summary>A run of chat agents through the whole engine: each looks at a tree, writes its file and says so, in <see cref="CallsOfWorker"/> requests.</summary>
internal static class ChatRun
{
    public const int CallsOfWorker = 3;
    private const int UnitsOfHaiku = 2;
    public const string Key = "bench-no-key";
    public const string RunId = "20260101-000000-00000000";

    /// <summary>Runs it to its end; every worker's file must be verified. The coordinators are no models here, so that every request is a worker's.</summary>
    public static async Task RunAsync(BenchDirectory home, string name, Uri server, int workers, int parallel)
    {
        using var session = await DriveAsync(home, name, server, workers, parallel, new(), "Look for what is wrong.");
        if (session.Run.Census.Verified != workers)
        {
            throw new InvalidOperationException(session.Run.Census.ToString());
        }
    }

    /// <summary>Runs it until it ends or a limit stops it.</summary>
    public static async Task<RunSession> DriveAsync(BenchDirectory home, string name, Uri server, int workers, int parallel, RunLimits limits, string task)
    {
        var root = Directory.CreateDirectory(home.Of("tree")).FullName;
        await File.WriteAllTextAsync(Path.Combine(root, "a.cs"), "class A;\n");
        var header = new RunHeader
        {
            RunId = RunId,
            Goal = "Bench",
            Root = root,
            PlanName = "bench",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            CoordinatorAgent = "scripted",
            Domains = [new("d", "D")],
            Capacity = parallel * UnitsOfHaiku,
            Limits = limits,
        };
        var specs = Enumerable.Range(0, workers).Select(i => new TaskSpec
        {
            Id = $"t{i}",
            Domain = "d",
            Name = $"t{i}",
            Task = task,
            Model = "haiku",
            Tier = Tier.Haiku,
            Agent = "anthropic",
            Tools = ["Read", "Grep", "Glob"],
        });
        var runs = home.Of(name);
        var session = RunSession.Create(RunDirectory.Create(runs, RunId), header, "bench", specs, RunPrompts.BuiltIn, new(), CancellationToken.None);
        using var agent = ChatAgent.Create(
            "anthropic", session.Directory.Path, new() { BaseUrl = server }, ModelTable.BuiltIn, new SourceTrees(), _ => Key, new(), TimeProvider.System);
        var coordinator = new ScriptedAgent(Script.Empty, TimeProvider.System);
        var loop = session.CreateLoop(
            new Dictionary<string, IAgent>(StringComparer.Ordinal) { [agent.Name] = agent, [coordinator.Name] = coordinator }, _ => Task.FromResult(0));
        await loop.RunAsync(CancellationToken.None);
        return session;
    }
}
