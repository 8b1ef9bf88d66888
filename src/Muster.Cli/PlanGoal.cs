using System.Diagnostics;
using System.Text;
using Muster.Agents.Scripted;
using Muster.Artefacts;
using Muster.Planning;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Cli;

/// <summary>Has a goal planned in a run of its own, shows what came of it, and writes it where a person says so.</summary>
/// <param name="Output">The plan's file.</param>
/// <param name="MayReplace">Whether a file that is there may be replaced.</param>
/// <param name="IsWanted">Whether it is written without asking.</param>
/// <param name="Json">For programs.</param>
/// <param name="Limits">What the planning may take.</param>
internal sealed record PlanGoal(string Output, bool MayReplace, bool IsWanted, bool Json, RunLimits Limits)
{
    public async Task<int> BeginAsync(string goal, string? agent, string root, string? script, string runs, CancellationToken cancellationToken)
    {
        CheckOutput();
        if (agent is null or "inspect" or "command")
        {
            throw CliException.NoPlanner(agent);
        }

        var tree = Path.GetFullPath(root);
        if (!Directory.Exists(tree))
        {
            throw CliException.NoRoot(tree, File.Exists(tree));
        }

        var settings = Machine.SettingsFor(tree);
        var surroundings = PlanPrinter.Surroundings(agent, tree, Limits, settings);
        var plan = PlanPrinter.Accept(await PlanFile.ParseAsync(PlanningRun.TextOf(goal), "planning", tree, surroundings, cancellationToken), isQuiet: true);
        if (script is not null)
        {
            _ = ScriptFile.Load(script); // A mistake in it is told before there is a run.
            plan = plan with { Script = Path.GetFullPath(script) };
        }

        var prompts = Machine.PromptsFor(tree, RunPrompts.PlannerRoles);
        Machine.RequireAgents([agent]);
        var (engine, progress) = RunDriver.Prepare(DriveOptions.Create(Json));
        if (!plan.Models.IsEmpty)
        {
            progress.Notice($"estimate of the planning, before repairs (at most {PlanningRun.MostRepairs}): {EstimateWords.Of(PlanEstimate.Of(plan))}");
        }

        using var session = await NewRun.CreateAsync(plan, runs, prompts, engine, cancellationToken);
        return await GoAsync(session, progress, settings, cancellationToken);
    }

    /// <summary>Goes on where a planning stopped: at its attempt, at a repair, or at the question whether its plan is wanted.</summary>
    public async Task<int> ResumeAsync(RunDirectory directory, CancellationToken cancellationToken)
    {
        CheckOutput();
        var (engine, progress) = RunDriver.Prepare(DriveOptions.Create(Json));
        using var session = RunDriver.Open(directory, engine);
        if (!PlanningRun.Is(session.Run.Header))
        {
            throw CliException.NoPlanning(directory.RunId);
        }

        RunDriver.RequireRoot(session.Run);
        if (!session.Run.IsFinished)
        {
            RunDriver.RequireAgents(session.Run);
            RunDriver.Continue(session, Limits);
        }

        return await GoAsync(session, progress, Machine.SettingsFor(session.Run.Header.Root), cancellationToken);
    }

    private async Task<int> GoAsync(RunSession session, Progress progress, UserSettings settings, CancellationToken cancellationToken)
    {
        var (run, directory, clock) = (session.Run, session.Directory, Stopwatch.GetTimestamp());
        var agent = run.Table.Agents[run.Table[0].Agent];
        var surroundings = PlanPrinter.Surroundings(agent, run.Header.Root, new(), settings) with { UsualLimits = new() }; // Limits are looked at when it is run.
        while (true)
        {
            if (!run.IsFinished)
            {
                var (report, wasAsked) = await RunDriver.DriveAsync(session, progress, baseline: null, cancellationToken);
                if (!run.IsFinished)
                {
                    var exit = ExitCode.Of(report.Status, wasAsked, hasFindings: false);
                    RunView.Print(run, directory, report, exit, Stopwatch.GetElapsedTime(clock), Json);
                    await Console.Error.WriteLineAsync($"The planning goes on with 'muster plan --resume {directory.RunId}'.");
                    return exit;
                }
            }

            var last = run.Table.WorkerCount - 1;
            if (run[last].Status is not StepStatus.Verified)
            {
                throw PlanningException.Failed(run.ReasonOf(last) ?? "the planner left nothing", directory.RunId);
            }

            var proposal = await Proposal.ReadAsync(run, directory, surroundings, cancellationToken);
            if (proposal.Plan is { } plan)
            {
                return await OfferAsync(new(run, directory, agent, plan with { Goal = run.Header.Goal }, proposal), cancellationToken);
            }

            var repairs = PlanningRun.RepairsOf(run);
            if (repairs >= PlanningRun.MostRepairs)
            {
                throw PlanningException.Refused(proposal, repairs, directory.RunId);
            }

            var errors = proposal.Problems.Where(p => p.Severity is ProblemSeverity.Error).ToList();
            progress.Notice($"The proposal has {RunWords.Count(errors.Count, "error")} and goes back to the planner ({repairs + 1} of {PlanningRun.MostRepairs}): {ReportText.Line(errors[0].ToString(), 300)}");
            PlanningRun.Repair(session, proposal, cancellationToken);
        }
    }

    private async Task<int> OfferAsync(ProposalView view, CancellationToken cancellationToken)
    {
        var home = Path.GetDirectoryName(Path.GetFullPath(Output))!;
        var text = PlanWriter.Write(
            view.Plan, $"Planned by agent {view.Agent} in run {view.Directory.RunId}. Look at its tasks before you run it: muster check, then muster run.",
            Path.GetRelativePath(home, view.Plan.Root), view.Agent);
        var written = PlanPrinter.Surroundings(agent: null, root: null, new(), Machine.Settings) with { UsualLimits = new() };
        _ = (await PlanFile.ParseAsync(text, Output, home, written, cancellationToken)).OrThrow(); // What was read is what is written, or nothing is.
        if (!Json)
        {
            view.Print(Console.Out);
        }

        var isWritten = IsWanted || Asks();
        if (isWritten)
        {
            Write(text, view.Directory.RunId);
        }

        if (Json)
        {
            view.WriteJson(text, isWritten ? Output : null);
        }
        else
        {
            await Console.Out.WriteLineAsync(isWritten
                ? $"written to {DisplayText.Clean(Output)}\nnext: muster check {DisplayText.Clean(Output)}    muster run {DisplayText.Clean(Output)}"
                : $"nothing is written; 'muster plan --resume {view.Directory.RunId} --yes' writes it to {DisplayText.Clean(Output)}, and costs nothing more");
        }

        return isWritten ? ExitCode.Complete : ExitCode.AwaitingHuman;
    }

    private bool Asks()
    {
        if (Json || Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return false;
        }

        Console.Out.Write($"Write this to {DisplayText.Clean(Output)}? Type yes: ");
        return Console.ReadLine()?.Trim() is "yes";
    }

    /// <summary>Before anything is spent.</summary>
    private void CheckOutput()
    {
        OutputFile.Check("--output", Output);
        if (!MayReplace && Path.Exists(Output))
        {
            throw CliException.PlanExists(Output);
        }
    }

    private void Write(string text, string run)
    {
        try
        {
            if (MayReplace)
            {
                Publisher.WriteFor(Output, Encoding.UTF8.GetBytes(text));
            }
            else
            {
                Publisher.WriteOnce(Output, text); // Whoever put a file there meanwhile keeps it.
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliException.PlanNotWritten(Output, run, e);
        }
    }
}
