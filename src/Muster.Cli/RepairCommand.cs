using System.CommandLine;

namespace Muster.Cli;

/// <summary><c>muster repair</c>: rebuilds a damaged journal.</summary>
internal static class RepairCommand
{
    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("repair", "Rebuild a damaged journal; the damaged one is kept.\n\nExample: muster repair 20261123-141502") { run, runs, json };
        command.SetAction(args =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            var (kept, fromFiles, old) = RunRepair.Repair(directory, TimeProvider.System);
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("entriesKept", kept);
                    writer.WriteNumber("resultsFromFiles", fromFiles);
                    writer.WriteString("damagedJournal", old);
                    writer.WriteEndObject();
                });
            }
            else
            {
                Console.Out.WriteLine($"{kept:N0} entries were kept and {fromFiles:N0} results taken from published files; the damaged journal is {old}.");
                Console.Out.WriteLine($"next: muster resume {directory.RunId}");
            }

            return ExitCode.Complete;
        });
        return command;
    }
}
