using System.CommandLine;
using Muster.Agents;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster cancel</c>: ends a run, whoever drives it.</summary>
internal static class CancelCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("cancel", "End a run and its agents; 'muster resume' can go on with it.\n\nExample: muster cancel 20261123") { run, runs, json };
        command.SetAction(async (args, cancellationToken) =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            if (HostLock.IsHeld(directory.Path))
            {
                CancelFile.Ask(directory);
                using var timer = new PeriodicTimer(Interval);
                while (HostLock.IsHeld(directory.Path) && await timer.WaitForNextTickAsync(cancellationToken))
                {
                    // Its engine ends the agents first.
                }
            }
            else
            {
                using var session = RunSession.Open(directory, new());
                session.Run.RequireOpen();
                var agents = BuiltInAgents.Create(directory.Path, session.Run.Header.Script, TimeProvider.System);
                var loop = session.CreateLoop(agents, _ => Task.FromResult(0));
                await loop.PostAsync(new RunCommand.CancelRun("asked by 'muster cancel'"), cancellationToken);
                loop.Drain();
                await loop.RunAsync(CancellationToken.None);
            }

            using var reader = RunReader.Open(directory);
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartObject();
                    RunJson.Head(writer, reader.Run, directory);
                    writer.WriteEndObject();
                });
            }
            else
            {
                await Console.Out.WriteLineAsync($"{RunWords.Of(reader.Run.Status)}: {reader.Run.Census}");
            }

            return reader.Run.Status is RunStatus.Cancelled ? ExitCode.Complete : ExitCode.Failed;
        });
        return command;
    }
}
