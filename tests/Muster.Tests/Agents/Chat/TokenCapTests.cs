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
        using var session = await DriveAsync(home, server.Address, new(Tokens: Limit, AttemptTokens: SetAside), AtOnce, Workers, "Look for what is wrong.");
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

    [Fact]
    public async Task Agents_that_take_more_than_was_set_aside_have_it_set_aside_before_they_ask_and_pass_no_limit()
    {
        const int few = 16;
        var expected = AttemptReserve.Default(Role.Worker, Tier.Haiku).Tokens;
        var limit = few * expected * 11 / 10;
        using var home = new TempDirectory();
        await using var server = await ModelServer.StartAsync(new() { RecordsRequests = false, RequestsPerMinute = 10_000_000 });
        using var session = await DriveAsync(home, server.Address, new(Tokens: limit), few, few * 2, string.Concat(Enumerable.Repeat("Look for what is wrong. ", 4_000)));
        using var journal = SqliteJournal.OpenReader(session.Directory.Journal);
        var run = new RunState(session.Run.Table);
        var raised = 0;
        foreach (var entry in journal.ReadAfter(0))
        {
            run.Evolve(entry);
            raised += entry.Event is RunEvent.ReserveRaised ? 1 : 0;
            Assert.InRange(run.Spent.Tokens + run.ReservedTokens, 0, limit);
        }

        Assert.Equal((RunStatus.Paused, PauseKind.Cap), (run.Status, run.Pause!.Kind));
        Assert.True(raised > 0 && run.Census.Verified > 0, $"{raised} raised, {run.Census}");
        Assert.All(run.SpendingBySteps.Values, spent => Assert.InRange(spent.Tokens, 1, expected * 2));
        Assert.Contains(run.SpendingBySteps.Values, spent => spent.Tokens > expected);
    }

    private static async Task<RunSession> DriveAsync(TempDirectory home, Uri server, RunLimits limits, int atOnce, int workers, string text)
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
            Capacity = atOnce * 2,
            Limits = limits,
        };
        var tasks = Enumerable.Range(0, workers).Select(i => new TaskSpec
        {
            Id = $"t{i}",
            Domain = "d",
            Name = $"t{i}",
            Task = text,
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
