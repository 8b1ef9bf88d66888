using System.CommandLine;
using Muster.Runs;

namespace Muster.Cli;

/// <summary><c>muster retry</c>: does a run's gaps again, or one task.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var (run, runs, json) = (SharedOptions.Run(), SharedOptions.Runs(), SharedOptions.Json());
        var (sarif, failOn, baseline, write) = (SharedOptions.Sarif(), SharedOptions.FailOn(), SharedOptions.Baseline(), SharedOptions.WriteBaseline());
        var memory = SharedOptions.ProcessMemory();
        var task = new Option<string?>("--task") { Description = "Only this task or synthesis, finished or not.", HelpName = "ID" };
        var command = new Command("retry", "Do the gaps of a run again, and the syntheses that lacked them.\n\nExample: muster retry --task sec-1")
        {
            run, task, sarif, failOn, baseline, write, memory, runs, json,
        };
        command.SetAction(async (args, cancellationToken) =>
        {
            var directory = RunsRoot.Find(RunsRoot.Resolve(args.GetValue(runs)), args.GetValue(run));
            var options = DriveOptions.Create(args.GetValue(json), args.GetValue(sarif), args.GetValue(failOn), args.GetValue(baseline), args.GetValue(write), args.GetValue(memory));
            var (engine, progress) = RunDriver.Prepare(options);
            using var session = RunDriver.Open(directory, engine);
            RunDriver.RequireRoot(session.Run);
            RunDriver.RequireAgents(session.Run, withGaps: true);
            session.Apply(new RunCommand.RetrySteps(args.GetValue(task) is { } id ? KeyOf(session.Run, id) : null));
            return await RunDriver.GoAsync(session, progress, options, cancellationToken);
        });
        return command;
    }

    private static string KeyOf(RunState run, string id) => new[] { $"worker/{id}", $"synthesis/{id}", id }.FirstOrDefault(key => run.Table.IndexOf(key) >= 0)
        ?? throw CliException.NoSuchTask(id, run.Header.RunId);
}
