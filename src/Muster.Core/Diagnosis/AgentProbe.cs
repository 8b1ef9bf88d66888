using System.Diagnostics;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Diagnosis;

/// <summary>Tries an agent with one small real attempt: the way of every run, in a temporary directory.</summary>
public static class AgentProbe
{
    private const string Plan =
        """
        goal: Find out whether an agent works
        limits: { agents: 1, wall: 5m }
        retries: 0
        domains:
          - id: probe
            tasks:
              - id: probe
                name: A first attempt
                task: Read the file hello.txt. Report one minor finding at hello.txt:1 that says which word stands there, and nothing else.
                scope: [hello.txt]
                model: haiku
                tools: [Read]
                timeout: 4m
                checks: [merge-markers]
        """;

    /// <summary>Carries the attempt out. It may cost what a small attempt costs.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="settings">The person's.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="PlanException">There is no such agent, or it cannot be used for this.</exception>
    public static Task<ProbeResult> RunAsync(string agent, UserSettings settings, CancellationToken cancellationToken) =>
        RunAsync(agent, settings, directory => BuiltInAgents.Create(directory, null, settings, TimeProvider.System), cancellationToken);

    /// <summary>The same with agents that are made for a run's directory by <paramref name="create"/>.</summary>
    internal static async Task<ProbeResult> RunAsync(
        string agent, UserSettings settings, Func<string, IReadOnlyDictionary<string, IAgent>> create, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("muster-probe-").FullName;
        var isGood = false;
        try
        {
            var root = Directory.CreateDirectory(Path.Combine(home, "tree")).FullName;
            await File.WriteAllTextAsync(Path.Combine(root, "hello.txt"), "hello\n", cancellationToken);
            var surroundings = new PlanSurroundings(BuiltInAgents.Names, [.. BuiltInAgents.Checks.Select(c => c.Id)], root, agent)
            {
                Models = settings.Models,
                UsualLimits = settings.Limits,
            };
            var plan = (await PlanFile.ParseAsync(Plan, "probe", root, surroundings, cancellationToken)).OrThrow();
            var result = await AttemptAsync(plan, Path.Combine(home, "runs"), agent, create, cancellationToken);
            isGood = result.IsGood;
            return result;
        }
        catch (PlanException)
        {
            isGood = true; // Nothing was tried, so there is nothing to look at.
            throw;
        }
        finally
        {
            if (isGood)
            {
                Remove(home);
            }
        }
    }

    private static async Task<ProbeResult> AttemptAsync(
        Plan plan, string runs, string agent, Func<string, IReadOnlyDictionary<string, IAgent>> create, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.GetTimestamp();
        var directory = RunDirectory.Create(runs, RunDirectory.NewId(TimeProvider.System));
        var agents = create(directory.Path);
        try
        {
            using var session = RunSession.Create(directory, plan.ToHeader(directory.RunId, 0, tree: null), plan.Text, plan.Expand(), RunPrompts.BuiltIn, new(), cancellationToken);
            await session.CreateLoop(agents, _ => Task.FromResult(0)).RunAsync(cancellationToken);
            var run = session.Run;
            var isGood = run[0].Status is StepStatus.Verified;
            var said = isGood ? run.SummaryOf(0) : run.ReasonOf(0) ?? run.Pause?.Reason;
            return new(agent, run.ModelOf(0)?.Model, isGood, said ?? "it said nothing", run.Spending, Stopwatch.GetElapsedTime(clock), isGood ? null : directory.Path);
        }
        finally
        {
            foreach (var one in agents.Values.OfType<IDisposable>())
            {
                one.Dispose();
            }
        }
    }

    private static void Remove(string home)
    {
        try
        {
            Directory.Delete(home, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A keeper that is just ending may still write there; it lies in the temporary directory.
        }
    }
}
