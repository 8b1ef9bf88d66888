using System.CommandLine;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster status</c>: where a run stands, in a few lines.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var command = new Command("status", "Tell where a run stands.\n\nExample: muster status") { run, runs, json };
        command.SetAction(args =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            using var reader = RunReader.Open(directory);
            var state = reader.Run;
            var isDriven = HostLock.IsHeld(directory.Path);
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartObject();
                    RunJson.Head(writer, state, directory);
                    CostView.Write(writer, CostReport.Of(state));
                    if (state.Header.Build is not null)
                    {
                        BuildJson.Write(writer, state);
                    }

                    writer.WriteBoolean("engine", isDriven);
                    writer.WriteEndObject();
                });
            }
            else
            {
                Print(state, isDriven);
            }

            return state.Status is RunStatus.Running ? ExitCode.Complete : ExitCode.Of(state.Status, wasStopped: false, hasFindings: false);
        });
        return command;
    }

    private static void Print(RunState run, bool isDriven)
    {
        var text = Console.Out;
        text.WriteLine(RunView.Head(run));
        text.WriteLine($"{Words(run, isDriven)}: {run.Census}");
        if (run.Header.Build is not null)
        {
            BuildView.Standing(text, run);
        }

        for (var i = 0; run.Header.Build is null && i < run.Table.Domains.Length; i++)
        {
            text.WriteLine($"  {run.Table.Domains[i]}: {run.CensusOf(i)}");
        }

        if (run.Pause is { } pause)
        {
            text.WriteLine($"paused: {Artefacts.ReportText.Line(pause.Reason, 300)}" + (pause.Until is { } until ? $", until {until:HH:mm:ss} UTC" : string.Empty));
        }

        if (run.Live.Count > 0)
        {
            text.WriteLine($"{(isDriven ? "running" : "begun and not ended")}: {string.Join(", ", run.Live.Take(12).Select(l => run.Table[l.Step].Id))}");
        }

        CostView.Print(text, run);
    }

    private static string Words(RunState run, bool isDriven) => run.Status is RunStatus.Running
        ? isDriven ? "Running" : "Stopped before its end ('muster resume' goes on)"
        : RunWords.Of(run.Status);
}
