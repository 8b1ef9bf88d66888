using System.Collections.Immutable;
using System.Diagnostics;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Git;
using Muster.Reports;

namespace Muster.Cli;

/// <summary>Drives a run from the command line to its end: agents, progress, signals, the files, the exit code.</summary>
internal static class RunDriver
{
    /// <summary>Makes the parts that an engine and its screen share.</summary>
    public static (EngineOptions Options, Progress Progress) Prepare(bool json)
    {
        var progress = Progress.Create(json);
        return (new() { Committed = progress.Take, Notice = progress.Notice }, progress);
    }

    public static async Task<int> GoAsync(RunSession session, Progress progress, DriveOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.GetTimestamp();
        var (run, directory) = (session.Run, session.Directory);
        var agents = BuiltInAgents.Create(directory.Path, run.Header.Script, TimeProvider.System);
        RunReport? report = null;
        async Task<RunReport> WriteAsync()
        {
            var now = await TreeIdentity.ReadAsync(run.Header.Root, CancellationToken.None);
            return RunOutcomeFiles.Write(run, directory, session.TaskOf, options.Baseline, RemarksOn(run.Header.Tree, now));
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
            var now = await TreeIdentity.ReadAsync(run.Header.Root, CancellationToken.None);
            return RunOutcomeFiles.Write(run, session.Directory, session.TaskOf, baseline: null, RemarksOn(run.Header.Tree, now)).ParentTokens ?? 0;
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

    private static ImmutableArray<string> RemarksOn(string? planned, string? now) => now == planned
        ? []
        : ["The tree has moved since the run was planned: outcomes of before stand for the tree as it was."];

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
