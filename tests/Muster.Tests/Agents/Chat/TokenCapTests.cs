using Muster.Agents;
using Muster.Agents.Chat;
using Muster.Agents.Inspect;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Journal;
using Muster.Loopback;
using Muster.Models;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster.Tests.Agents.Chat;

/// <summary>A run of chat agents through the whole engine, under a limit of tokens that its work does not fit into.</summary>
public sealed class TokenCapTests
{
    private const int AtOnce = 64, Workers = 400;
    private const long SetAside = 9_000, Limit = AtOnce * SetAside;
    private const string RunId = "20260101-000000-00000000";

    [Fact]
    public async Task Sixty_four_agents_at_once_take_no_more_than_the_limit_and_stop_only_when_an_attempt_no_longer_fits()
    {
        using var home = new TempDirectory();
        await using var server = await ModelServer.StartAsync(new() { RecordsRequests = false, RequestsPerMinute = 10_000_000 });
        using var session = await DriveAsync(home, server.Address);
        var run = new RunState(session.Run.Table);
        using var journal = SqliteJournal.OpenReader(session.Directory.Journal);
        foreach (var entry in journal.ReadAfter(0))
        {
            var wasStopped = run.Pause is not null;
            run.Evolve(entry);
            if (entry.Event is RunEvent.AttemptStarted start)
            {
                Assert.False(wasStopped);
                Assert.Equal(SetAside, start.ReservedTokens);
                Assert.True(run.Spent.Tokens + run.ReservedTokens <= Limit, $"{start.Step} was dispatched with {run.Spent.Tokens} taken and {run.ReservedTokens} set aside");
            }
        }

        Assert.Equal((RunStatus.Paused, PauseKind.Cap), (run.Status, run.Pause!.Kind));
        Assert.InRange(run.Spent.Tokens, Limit - SetAside + 1, Limit);
        Assert.InRange(run.Census.Verified, 1, Workers - 1);
    }

    private static async Task<RunSession> DriveAsync(TempDirectory home, Uri server)
    {
        home.File("tree/a.cs", "class A;\n");
        var header = new RunHeader
        {
            RunId = RunId,
            Goal = "Cap",
            Root = Path.Combine(home.Path, "tree"),
            PlanName = "cap",
            PlanSha256 = "00",
            TasksFile = "tasks.jsonl",
            CoordinatorAgent = "scripted",
            Domains = [new("d", "D")],
            Capacity = AtOnce * 2,
            Limits = new(Tokens: Limit, AttemptTokens: SetAside),
        };
        var tasks = Enumerable.Range(0, Workers).Select(i => new TaskSpec
        {
            Id = $"t{i}",
            Domain = "d",
            Name = $"t{i}",
            Task = "Look for what is wrong.",
            Model = "haiku",
            Tier = Tier.Haiku,
            Agent = "anthropic",
            Tools = ["Read", "Glob"],
        });
        var session = RunSession.Create(RunDirectory.Create(Path.Combine(home.Path, "runs"), RunId), header, "cap", tasks, RunPrompts.BuiltIn, new(), CancellationToken.None);
        using var agent = ChatAgent.Create(
            "anthropic", session.Directory.Path, new() { BaseUrl = server }, ModelTable.BuiltIn, new SourceTrees(), _ => ChatBench.Key, new(), TimeProvider.System);
        var coordinator = new ScriptedAgent(Script.Empty, TimeProvider.System);
        await session.CreateLoop(
            new Dictionary<string, IAgent>(StringComparer.Ordinal) { [agent.Name] = agent, [coordinator.Name] = coordinator }, _ => Task.FromResult(0)).RunAsync(CancellationToken.None);
        return session;
    }
}
