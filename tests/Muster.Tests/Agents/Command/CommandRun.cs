using System.Globalization;
using Muster.Agents;
using Muster.Agents.Command;
using Muster.Agents.Keeping;
using Muster.Runs;

namespace Muster.Tests.Agents.Command;

/// <summary>A run directory with a command agent, for tests with real processes. Disposing ends the agent's hold, not the keeper.</summary>
public sealed class CommandRun : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<CommandAgent> agents = [];

    public CommandRun() => Agent = NewAgent();

    public string Path { get; } = Directory.CreateTempSubdirectory("muster-command-").FullName;

    public CommandAgent Agent { get; }

    public CommandAgent NewAgent(KeepingOptions? options = null)
    {
        var agent = new CommandAgent(Path, options);
        agents.Add(agent);
        return agent;
    }

    public AgentTask Task(string id, params string[] command) => Task(id, TimeSpan.FromMinutes(1), command);

    public AgentTask Shell(string id, string script) => Task(id, "sh", "-c", script);

    public AgentTask Task(string id, TimeSpan timeout, params string[] command)
    {
        var home = Directory.CreateDirectory(System.IO.Path.Combine(Path, "attempts", id)).FullName;
        File.WriteAllText(System.IO.Path.Combine(home, "prompt.md"), "the prompt of " + id);
        return new()
        {
            RunId = System.IO.Path.GetFileName(Path),
            Step = "worker/" + id,
            TaskId = id,
            Attempt = 1,
            Role = Role.Worker,
            Tier = Tier.Haiku,
            Model = "haiku",
            Root = Path,
            Directory = home,
            Prompt = "the prompt of " + id,
            Timeout = timeout,
            Spec = new()
            {
                Id = id,
                Domain = "d",
                Name = id,
                Task = "t",
                Model = "haiku",
                Tier = Tier.Haiku,
                Agent = "command",
                Command = [.. command],
            },
        };
    }

    public static async Task<AgentReport.Finished> FinishAsync(IAsyncEnumerable<AgentReport> reports)
    {
        AgentReport.Finished? finished = null;
        await foreach (var report in reports)
        {
            Assert.Null(finished);
            finished = report as AgentReport.Finished;
        }

        return Assert.IsType<AgentReport.Finished>(finished);
    }

    /// <summary>How it ended: the last report, or what was thrown.</summary>
    public static async Task<(AgentReport.Finished? Finished, Exception? Error)> OutcomeAsync(IAsyncEnumerable<AgentReport> reports)
    {
        try
        {
            return (await FinishAsync(reports), null);
        }
        catch (Exception e) when (e is OperationCanceledException or AttemptLostException)
        {
            return (null, e);
        }
    }

    public Task<AgentReport.Finished> FinishAsync(AgentTask task) =>
        FinishAsync(Agent.RunAsync(task, TestContext.Current.CancellationToken));

    /// <summary>The id that a script wrote into a file of its attempt's directory, once it is there.</summary>
    public static async Task<int> PidAsync(AgentTask task, string name)
    {
        var path = System.IO.Path.Combine(task.Directory, name);
        await UntilAsync(() => File.Exists(path) && File.ReadAllText(path).EndsWith('\n'));
        return int.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    public static bool IsAlive(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static async Task UntilAsync(Func<bool> isSo)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(from) < Patience, "It did not come to pass in time.");
            await System.Threading.Tasks.Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (var agent in agents)
        {
            agent.Dispose();
        }

        Directory.Delete(Path, recursive: true);
    }
}
