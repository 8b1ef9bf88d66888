using System.CommandLine;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster watch</c>: follows a run that another process drives.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("watch", "Follow a run until its engine ends.\n\nExample: muster watch") { run, runs, json };
        command.SetAction(async (args, cancellationToken) =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            using var reader = RunReader.Open(directory);
            var progress = Progress.Create(args.GetValue(json));
            progress.Start(reader.Run);
            using var timer = new PeriodicTimer(Interval);
            while (true)
            {
                var isDriven = HostLock.IsHeld(directory.Path); // Asked first: what its engine wrote last is then read below.
                progress.Take(reader.Run, reader.Refresh());
                if (!isDriven || !await timer.WaitForNextTickAsync(cancellationToken))
                {
                    break;
                }
            }

            await progress.StopAsync();
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

            return ExitCode.Of(reader.Run.Status, wasStopped: reader.Run.Status is RunStatus.Running, hasFindings: false);
        });
        return command;
    }
}
