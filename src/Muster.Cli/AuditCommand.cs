using System.CommandLine;

namespace Muster.Cli;

/// <summary><c>muster audit</c>: the catalog's audit over a tree.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Directory to audit.", DefaultValueFactory = _ => "." };
        var (runs, json, agent, sarif) = (SharedOptions.Runs(), SharedOptions.Json(), SharedOptions.Agent(), SharedOptions.Sarif());
        var (failOn, baseline, write, dispatch) = (SharedOptions.FailOn(), SharedOptions.Baseline(), SharedOptions.WriteBaseline(), SharedOptions.Dispatch());
        var memory = SharedOptions.ProcessMemory();
        var script = new Option<string?>("--script") { Description = "Script of the agent 'scripted'.", HelpName = "FILE" };
        var limits = new LimitOptions();
        var command = new Command(
            "audit", "Audit a directory: 32 workers in 4 domains, reports and a summary.\n\nExample: muster audit . --fail-on major --baseline known.json")
        {
            path, agent, sarif, failOn, baseline, write, dispatch, script, memory, runs, json,
        };
        limits.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            var options = DriveOptions.Create(args.GetValue(json), args.GetValue(sarif), args.GetValue(failOn), args.GetValue(baseline), args.GetValue(write), args.GetValue(memory));
            var root = Path.GetFullPath(args.GetRequiredValue(path));
            Check(root);
            var result = await PlanPrinter.FromCatalogAsync("audit", root, args.GetValue(agent), limits.Of(args), cancellationToken);
            var plan = PlanPrinter.Accept(result, isQuiet: true) with { Waves = args.GetValue(dispatch) == "waves", Script = args.GetValue(script) is { } file ? Path.GetFullPath(file) : null };
            return await NewRun.GoAsync(plan, RunsRoot.Resolve(args.GetValue(runs)), options, cancellationToken);
        });
        return command;
    }

    private static void Check(string root)
    {
        if (!Directory.Exists(root))
        {
            throw CliException.NoRoot(root, File.Exists(root));
        }

        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(root).GetEnumerator();
            entries.MoveNext();
        }
        catch (UnauthorizedAccessException)
        {
            throw CliException.Unreadable(root);
        }
    }
}
