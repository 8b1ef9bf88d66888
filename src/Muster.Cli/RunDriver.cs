using System.Collections.Immutable;
using System.Diagnostics;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Git;
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
        return (new() { Committed = progress.Take, Notice = progress.Notice, Dispatch = dispatch }, progress);
    }

    public static async Task<int> GoAsync(RunSession session, Progress progress, DriveOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.GetTimestamp();
        var (run, directory) = (session.Run, session.Directory);
        var baseline = KnownFindings(directory, options.Baseline);
        var agents = BuiltInAgents.Create(directory.Path, run.Header.Script, TimeProvider.System);
        RunReport? report = null;
        async Task<RunReport> WriteAsync()
        {
            return RunOutcomeFiles.Write(run, directory, session.TaskOf, baseline, await RemarksOnAsync(run, directory));
        }

        var loop = session.CreateLoop(agents, async _ => (report = await WriteAsync()).ParentTokens ?? 0);
        CancelFile.Clear(directory);
        using var interruption = new Interruption(loop, progress.Notice);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var following = CancelFile.FollowAsync(directory, loop, ended.Token);
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
            foreach (var agent in agents.Values.OfType<IDisposable>())
            {
                agent.Dispose();
            }
        }

        report = run.IsFinished && report is not null
            ? report with { Status = run.Status, Outcome = RunWords.Of(run.Status) }
            : await WriteAsync();
        var exit = ExitCode.Of(run.Status, interruption.WasAsked, ExitCode.Reaches(report, options.FailOn));
        RunView.Print(run, directory, report, exit, Stopwatch.GetElapsedTime(clock), options.Json);
        WriteExtras(report, options, directory);
        return exit;
    }

    /// <summary>A baseline stays with its run, so that a resume or retry counts as the run did; one that is given anew replaces it.</summary>
    private static Baseline? KnownFindings(RunDirectory directory, Baseline? given)
    {
        given?.Keep(directory.Baseline);
        return given ?? (File.Exists(directory.Baseline) ? Baseline.Load(directory.Baseline) : null);
    }

    /// <summary>
    /// Brings the attempts that an earlier engine began to their end and starts nothing: they were paid for, and a new plan must not
    /// take their steps away from under them.
    /// </summary>
    /// <returns>False when somebody asked to stop meanwhile.</returns>
    public static async Task<bool> SettleAsync(RunSession session, Progress progress)
    {
        progress.Notice($"{session.Run.Live.Count:N0} begun attempts are brought to their end before the plan is changed.");
        var agents = BuiltInAgents.Create(session.Directory.Path, session.Run.Header.Script, TimeProvider.System);
        var loop = session.CreateLoop(agents, async run =>
        {
            var remarks = await RemarksOnAsync(run, session.Directory);
            return RunOutcomeFiles.Write(run, session.Directory, session.TaskOf, KnownFindings(session.Directory, null), remarks).ParentTokens ?? 0;
        });
        using var interruption = new Interruption(loop, progress.Notice);
        loop.Drain();
        try
        {
            await loop.RunAsync(CancellationToken.None);
        }
        finally
        {
            foreach (var agent in agents.Values.OfType<IDisposable>())
            {
                agent.Dispose();
            }
        }

        return !interruption.WasAsked;
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
