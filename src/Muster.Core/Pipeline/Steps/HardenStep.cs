using System.Text.Json;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Journal;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;

namespace Muster.Pipeline.Steps;

/// <summary>Audits what is assembled: a whole run of its own beneath the build's, over the integration worktree, with what the build may still spend.</summary>
internal sealed class HardenStep(BuildSite site, RunHeader header, EngineOptions options) : IEngineStep
{
    public string Name => "harden";

    private string Runs => site.Directory.In("harden");

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var create = options.AgentsBeneath ?? throw new StageRefusedException("nobody has said which agents an audit beneath a build may use");
        using var session = Begun(order.Ask.Commit!) ?? await CreateAsync(order, stop);
        var agents = create(session.Directory.Path, header.Script);
        try
        {
            if (!session.Run.IsFinished && !session.Run.IsLaunching)
            {
                session.Apply(new RunCommand.ContinueRun("the build goes on"));
            }

            Reports.RunReport? report = null;
            var loop = session.CreateLoop(agents, run => Task.FromResult((report = Write(run, session)).ParentTokens ?? 0));
            await loop.RunAsync(stop);
            report = session.Run.IsFinished && report is not null ? report : Write(session.Run, session);
            if (!session.Run.IsFinished)
            {
                throw new StageRefusedException($"the audit stands still: {session.Run.Pause?.Reason ?? report.Outcome}");
            }

            var line = $"{report.Outcome}: {report.Census}; {report.Counts}.";
            return new(
                new StepResult.Hardened(session.Run.Header.RunId, report.Outcome, report.Counts.Critical, report.Counts.Major, report.Counts.Minor),
                line,
                new("Hardening", [line, $"The audit's files are in {session.Directory.Path}."], ("Summary", await File.ReadAllTextAsync(session.Directory.Summary, stop))))
            {
                Usage = session.Run.Spent,
            };
        }
        finally
        {
            foreach (var agent in agents.Values.OfType<IDisposable>())
            {
                agent.Dispose();
            }
        }
    }

    private static Reports.RunReport Write(RunState run, RunSession session) =>
        RunOutcomeFiles.Write(run, session.Directory, session.TaskOf, null, []);

    /// <summary>The audit of this commit that an engine before this one began; null where there is none, or none that had come to its plan.</summary>
    private RunSession? Begun(string commit)
    {
        foreach (var path in Directory.Exists(Runs) ? Directory.GetDirectories(Runs).OrderDescending(StringComparer.Ordinal).ToArray() : [])
        {
            try
            {
                if (!File.Exists(Path.Combine(path, "run.db")))
                {
                    continue;
                }

                var session = RunSession.Open(RunDirectory.Open(path), options with { Committed = null });
                if (session.Run.Header.Tree == TreeOf(commit))
                {
                    return session;
                }

                session.Dispose(); // What was assembled before a person sent modules back.
            }
            catch (JournalException e) when (e.IsEmpty)
            {
                // Killed before its plan was written: nothing in it was begun.
            }
        }

        return null;
    }

    private static string TreeOf(string commit) => "git commit " + commit;

    private async Task<RunSession> CreateAsync(StageOrder order, CancellationToken stop)
    {
        var agent = site.Build.AgentOf(Role.Worker);
        var surroundings = new PlanSurroundings(BuiltInAgents.Names, [.. BuiltInAgents.Checks.Select(c => c.Id)], site.Integration, agent)
        {
            Limits = JsonSerializer.Deserialize(order.Ask.Detail!, StepResultShapes.Default.RunLimits)!,
            UsualCapacity = header.Capacity,
        };
        var plan = (await PlanFile.ParseAsync(Catalog.TextOf("harden"), "harden", site.Integration, surroundings, stop)).OrThrow();
        var directory = RunDirectory.Create(Runs, RunDirectory.NewId(options.Time));
        return RunSession.Create(
            directory,
            plan.ToHeader(directory.RunId, header.Seed, TreeOf(order.Ask.Commit!)) with { Models = header.Models, Script = header.Script },
            plan.Text, plan.Expand(), RunPrompts.Read(site.Directory.Path, header.Prompts).Only(RunPrompts.PlanRoles), options with { Committed = null }, stop);
    }
}
