using System.CommandLine;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster cancel</c>: ends a run, whoever drives it.</summary>
internal static class CancelCommand
{
    private const string Reason = "asked by 'muster cancel'";
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
                using var timer = new PeriodicTimer(Interval);
                do
                {
                    if (!CancelFile.IsThere(directory))
                    {
                        CancelFile.Ask(directory);
                    }
                }
                while (await timer.WaitForNextTickAsync(cancellationToken) && HostLock.IsHeld(directory.Path)); // Its engine ends the agents first.
            }
            else
            {
                using var session = RunDriver.Open(directory, new());
                session.Run.RequireOpen();
                if (session.Run.Live.Count == 0)
                {
                    session.Apply(new RunCommand.CancelRun(Reason));
                }
                else
                {
                    await RunDriver.SettleAsync(session, _ => { }, new RunCommand.CancelRun(Reason));
                }
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
