using System.CommandLine;
using Muster.Artefacts;
using Muster.Pipeline;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster conflicts</c>: what builders could not build as their contracts have it, and what became of it.</summary>
internal static class ConflictsCommand
{
    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("conflicts", "List a build's conflicts with its contracts. 'muster approve' and 'muster reject' decide them.\n\nExample: muster conflicts") { run, runs, json };
        command.SetAction(args =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            using var reader = RunReader.Open(directory);
            var conflicts = BuildConflict.Of(reader.Run);
            if (args.GetValue(json))
            {
                Write(conflicts, directory);
            }
            else
            {
                Print(conflicts, directory);
            }

            return conflicts.Any(c => c.Standing is null or GateStanding.Open) ? ExitCode.AwaitingHuman : ExitCode.Complete;
        });
        return command;
    }

    private static void Print(IReadOnlyList<BuildConflict> conflicts, RunDirectory directory)
    {
        if (conflicts.Count == 0)
        {
            Console.Out.WriteLine("No builder has told of a conflict.");
        }

        foreach (var conflict in conflicts)
        {
            Console.Out.WriteLine($"{conflict.Module}, round {conflict.Round}: {ReportText.Line(conflict.Says, 300)}");
            Console.Out.WriteLine($"  {directory.In("conflicts", $"{conflict.Module}-{conflict.Round}.md")}");
            if (conflict.Proposal is { } proposal)
            {
                Console.Out.WriteLine($"  proposed: {(conflict.Flexes ? "the contract flexes" : "the builder adapts")}: {ReportText.Line(proposal, 300)}");
            }

            Console.Out.WriteLine($"  {Word(conflict.Standing)}");
        }
    }

    private static string Word(GateStanding? standing) => standing switch
    {
        null => "is judged",
        GateStanding.Open => "waits for a person",
        GateStanding.Approved => "approved: it is done as proposed",
        _ => "rejected: the contract stands",
    };

    private static void Write(IReadOnlyList<BuildConflict> conflicts, RunDirectory directory) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartArray();
        foreach (var conflict in conflicts)
        {
            json.WriteStartObject();
            json.WriteString("module", conflict.Module);
            json.WriteNumber("round", conflict.Round);
            json.WriteString("says", ReportText.Line(conflict.Says));
            json.WriteString("file", directory.In("conflicts", $"{conflict.Module}-{conflict.Round}.md"));
            json.WriteString("proposal", conflict.Proposal is { } proposal ? ReportText.Line(proposal) : null);
            json.WriteBoolean("flexes", conflict.Flexes);
            json.WriteString("standing", conflict.Standing?.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
