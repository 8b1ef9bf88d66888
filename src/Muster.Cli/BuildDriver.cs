using System.Diagnostics;
using Muster.Pipeline;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Cli;

/// <summary>Drives a build from the command line: to its end, or to a gate, which a person at a terminal may decide at once.</summary>
internal static class BuildDriver
{
    public static async Task<int> GoAsync(RunSession session, Progress progress, DriveOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.GetTimestamp();
        var (run, directory) = (session.Run, session.Directory);
        var wasAsked = false;
        progress.Start(run);
        do
        {
            wasAsked = await DriveAsync(session, progress, cancellationToken);
        }
        while (!wasAsked && !options.Json && await DecidesAsync(session, cancellationToken));
        await progress.StopAsync();
        BuildSummary.Write(run, directory, RunWords.Of(run.Status));
        var exit = ExitCode.Of(run.Status, wasAsked, hasFindings: false);
        BuildView.Print(run, directory, exit, Stopwatch.GetElapsedTime(clock), options.Json);
        return exit;
    }

    /// <returns>Whether somebody asked to stop.</returns>
    private static async Task<bool> DriveAsync(RunSession session, Progress progress, CancellationToken cancellationToken)
    {
        var (run, directory) = (session.Run, session.Directory);
        var agents = RunDriver.AgentsOf(directory, run);
        try
        {
            var loop = session.CreateLoop(agents, _ => Task.FromResult(BuildSummary.Write(run, directory, RunWords.Of(run.Status))));
            using var interruption = new Interruption(loop, progress.Notice);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var following = CancelFile.FollowAsync(directory, loop, ended.Token);
            try
            {
                await loop.RunAsync(CancellationToken.None);
            }
            finally
            {
                await ended.CancelAsync();
                await following;
                CancelFile.Clear(directory);
            }

            return interruption.WasAsked;
        }
        finally
        {
            RunDriver.Dispose(agents);
        }
    }

    /// <summary>Asks the person at the terminal, if there is one; what they say goes into the journal, and the build goes on.</summary>
    private static async Task<bool> DecidesAsync(RunSession session, CancellationToken cancellationToken)
    {
        var run = session.Run;
        if (run.Pause?.Kind is not PauseKind.Gate || Console.IsInputRedirected || Console.IsOutputRedirected || PersonCheck.WhyAgent(Environment.GetEnvironmentVariable) is not null)
        {
            return false;
        }

        var decided = false;
        foreach (var gate in run.Gates.Where(g => g.Standing is GateStanding.Open).ToList())
        {
            await Console.Out.WriteLineAsync();
            await Console.Out.WriteAsync(await GateText.OfAsync(run, session.Directory, gate, TimeProvider.System, cancellationToken));
            await Console.Out.WriteAsync("approve? [y]es, [n]o and why, anything else for later: ");
            var answer = (await Console.In.ReadLineAsync(cancellationToken))?.Trim() ?? string.Empty;
            if (answer is "y" or "yes")
            {
                session.Apply(new RunCommand.DecideGate(gate.Name, gate.Sha256, true, Environment.UserName, null));
                decided = true;
            }
            else if (answer.StartsWith("n ", StringComparison.Ordinal) || answer.StartsWith("no ", StringComparison.Ordinal))
            {
                session.Apply(new RunCommand.DecideGate(gate.Name, gate.Sha256, false, Environment.UserName, answer[(answer.IndexOf(' ') + 1)..]));
                decided = true;
            }
        }

        if (decided)
        {
            session.Apply(new RunCommand.ContinueRun("decided"));
        }

        return decided;
    }
}
