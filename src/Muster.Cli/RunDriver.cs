using System.Collections.Immutable;
using System.Diagnostics;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Git;
using Muster.Plans;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Drives a run from the command line to its end: agents, progress, signals, the files, the exit code.</summary>
internal static class RunDriver
{
    /// <summary>Makes the parts that an engine and its screen share.</summary>
    public static (EngineOptions Options, Progress Progress) Prepare(DriveOptions options)
    {
        var progress = Progress.Create(options.Json);
        var dispatch = new DispatchOptions();
        dispatch = options.ProcessMemory is { } bytes ? dispatch with { MemoryPerProcess = bytes } : dispatch;
        return (
            new()
            {
                Committed = progress.Take,
                Notice = progress.Notice,
                Dispatch = dispatch,
                AgentsBeneath = (runDirectory, script) => BuiltInAgents.Create(runDirectory, script, Machine.Settings, TimeProvider.System),
            },
            progress);
    }

    /// <summary>Opens a run to drive it; what somebody asked an earlier engine is over.</summary>
    public static RunSession Open(RunDirectory directory, EngineOptions options)
    {
        CancelFile.Clear(directory); // Before the lock: see there.
        return RunSession.Open(directory, options);
    }

    /// <summary>Makes sure that there is something to work on, so that it is not found out by attempts.</summary>
    /// <exception cref="CliException">There is not.</exception>
    public static void RequireRoot(RunState run)
    {
        if (!Directory.Exists(run.Header.Root))
        {
            throw CliException.RootIsGone(run.Header.Root, run.Header.RunId);
        }
    }

    /// <summary>Makes sure that the agents of what is still to be done can work here.</summary>
    /// <exception cref="CliException">One cannot.</exception>
    public static void RequireAgents(RunState run, bool withGaps = false) => Machine.RequireAgents(
        Enumerable.Range(0, run.Table.Count).Where(step => withGaps ? run[step].Status is not StepStatus.Verified : !run[step].IsFinal).Select(step => run.Table.Agents[run.Table[step].Agent])
            .Concat(run.Header.Build is { } build && !run.IsFinished ? build.Agents : []));

    /// <summary>Brings the attempts that an earlier engine began to their end, and starts nothing.</summary>
    /// <returns>Whether somebody asked to stop meanwhile.</returns>
    public static async Task<bool> SettleAsync(RunSession session, Action<string> notice, RunCommand? first = null)
    {
        var agents = AgentsOf(session.Directory, session.Run);
        try
        {
            var loop = session.CreateLoop(agents, finish: null);
            using var interruption = new Interruption(loop, notice);
            if (first is not null)
            {
                await loop.PostAsync(first, CancellationToken.None);
            }

            loop.Drain();
            await loop.RunAsync(CancellationToken.None);
            return interruption.WasAsked;
        }
        finally
        {
            Dispose(agents);
        }
    }

    public static async Task<int> GoAsync(RunSession session, Progress progress, DriveOptions options, CancellationToken cancellationToken)
    {
        if (session.Run.Header.Build is not null)
        {
            return await BuildDriver.GoAsync(session, progress, options, cancellationToken);
        }

        var clock = Stopwatch.GetTimestamp();
        var (run, directory) = (session.Run, session.Directory);
        var (report, wasAsked) = await DriveAsync(session, progress, KnownFindings(directory, options.Baseline), cancellationToken);
        var exit = ExitCode.Of(report.Status, wasAsked, ExitCode.Reaches(report, options.FailOn));
        RunView.Print(run, directory, report, exit, Stopwatch.GetElapsedTime(clock), options.Json);
        WriteExtras(report, options, directory);
        return exit;
    }

    /// <summary>Goes on with a run that stopped, its limits as they are asked for now.</summary>
    public static void Continue(RunSession session, RunLimits asked)
    {
        var now = session.Run.Limits;
        session.Apply(new RunCommand.ChangeLimits(
            now with { Agents = asked.Agents ?? now.Agents, Tokens = asked.Tokens ?? now.Tokens, Usd = asked.Usd ?? now.Usd, Wall = asked.Wall ?? now.Wall },
            AcceptUnknownCost: asked.Usd is not null,
            PlanModels.Priced(session.Run.Header.Models, Machine.Settings.Models)));
        session.Apply(new RunCommand.ContinueRun("resume"));
    }

    /// <summary>Drives a run until it ends or stops, and writes its files.</summary>
    /// <returns>The report, and whether somebody asked it to stop.</returns>
    public static async Task<(RunReport Report, bool WasAsked)> DriveAsync(RunSession session, Progress progress, Baseline? baseline, CancellationToken cancellationToken)
    {
        var (run, directory) = (session.Run, session.Directory);
        var agents = AgentsOf(directory, run);
        RunReport? report = null;
        async Task<RunReport> WriteAsync()
        {
            return RunOutcomeFiles.Write(run, directory, session.TaskOf, baseline, await RemarksOnAsync(run, directory));
        }

        var loop = session.CreateLoop(agents, async _ => (report = await WriteAsync()).ParentTokens ?? 0);
        using var interruption = new Interruption(loop, progress.Notice);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = CancelFile.FollowAsync(directory, loop, ended.Token);
        if (Overshoot.Of(run) is { } overshoot)
        {
            progress.Notice(overshoot);
        }

        progress.Start(run);
        try
        {
            await loop.RunAsync(CancellationToken.None);
        }
        finally
        {
            await ended.CancelAsync();
            await following;
            await progress.StopAsync();
            Dispose(agents);
            CancelFile.Clear(directory);
        }

        report = run.IsFinished && report is not null
            ? report with { Status = Told(run, report), Outcome = RunWords.Of(Told(run, report)) }
            : await WriteAsync();
        return (report, interruption.WasAsked);
    }

    /// <summary>A baseline stays with its run, so that a resume or retry counts as the run did; one that is given anew replaces it.</summary>
    private static Baseline? KnownFindings(RunDirectory directory, Baseline? given)
    {
        given?.Keep(directory.Baseline);
        return given ?? (File.Exists(directory.Baseline) ? Baseline.Load(directory.Baseline) : null);
    }

    /// <summary>A run whose published files are not all there is not told as complete.</summary>
    private static RunStatus Told(RunState run, RunReport report) =>
        run.Status is RunStatus.Complete && report.Broken.Count > 0 ? RunStatus.CompleteWithGaps : run.Status;

    /// <summary>The agents of this machine, as its user has set them.</summary>
    public static IReadOnlyDictionary<string, IAgent> AgentsOf(RunDirectory directory, RunState run) =>
        BuiltInAgents.Create(directory.Path, run.Header.Script, Machine.Settings, TimeProvider.System);

    public static void Dispose(IReadOnlyDictionary<string, IAgent> agents)
    {
        foreach (var agent in agents.Values.OfType<IDisposable>())
        {
            agent.Dispose();
        }
    }

    private static async Task<ImmutableArray<string>> RemarksOnAsync(RunState run, RunDirectory directory)
    {
        var now = await TreeIdentity.ReadAsync(run.Header.Root, Path.GetDirectoryName(directory.Path)!, CancellationToken.None);
        return now == run.Header.Tree && run.Header.EarlierTree is null
            ? []
            : ["The tree has moved since the run was planned: outcomes of before stand for the tree as it was."];
    }

    private static void WriteExtras(RunReport report, DriveOptions options, RunDirectory directory)
    {
        if (options.Sarif is { } sarif)
        {
            OutputFile.Copy("--sarif", directory.In("report.sarif"), sarif);
        }

        if (options.WriteBaseline is { } baseline)
        {
            Baseline.Write(baseline, BaselineEntries.Of(report));
        }
    }
}
