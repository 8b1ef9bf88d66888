using System.CommandLine;
using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster list</c>: the runs there are, the newest first.</summary>
internal static class ListCommand
{
    private const int Newest = 20;

    public static Command Create()
    {
        var (runs, json) = (SharedOptions.Runs(), SharedOptions.Json());
        var all = new Option<bool>("--all") { Description = $"All of them, not the newest {Newest}." };
        var command = new Command("list", "List the runs, the newest first.\n\nExample: muster list --all") { all, runs, json };
        command.SetAction(args =>
        {
            var found = RunsRoot.All(RunsRoot.Resolve(args.GetValue(runs)));
            var shown = args.GetValue(all) ? found : [.. found.Take(Newest)];
            if (args.GetValue(json))
            {
                WriteJson(shown);
            }
            else
            {
                Print(shown, found.Count);
            }

            return ExitCode.Complete;
        });
        return command;
    }

    private static void Print(IReadOnlyList<string> paths, int count)
    {
        foreach (var path in paths)
        {
            var (run, fault) = Read(path);
            Console.Out.WriteLine(run is null
                ? $"{Path.GetFileName(path)}  unreadable: {ReportText.Line(fault, 160)}"
                : $"{run.Header.RunId}  {RunWords.Of(run.Status),-18} {run.Census.Verified,6:N0}/{run.Census.Planned,-6:N0} {ReportText.Line(run.Header.Goal, 60)}");
        }

        if (count > paths.Count)
        {
            Console.Out.WriteLine($"… {count - paths.Count:N0} older; '--all' lists them");
        }

        if (count == 0)
        {
            Console.Out.WriteLine("No runs yet. Start one with 'muster audit .'.");
        }
    }

    private static void WriteJson(IReadOnlyList<string> paths) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartArray();
        foreach (var path in paths)
        {
            var (run, fault) = Read(path);
            json.WriteStartObject();
            if (run is null)
            {
                json.WriteString("run", Path.GetFileName(path));
                json.WriteString("unreadable", fault);
            }
            else
            {
                RunJson.Head(json, run, RunDirectory.Open(path));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static (RunState? Run, string? Fault) Read(string path)
    {
        try
        {
            using var reader = RunReader.Open(RunDirectory.Open(path));
            return (reader.Run, null);
        }
        catch (MusterException e)
        {
            return (null, e.Message);
        }
    }
}
