using System.CommandLine;

namespace Muster.Cli;

/// <summary><c>muster run</c>: a plan as a new run.</summary>
internal static class RunPlanCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("PLAN") { Description = "A plan in YAML." };
        var (runs, json, agent, sarif) = (SharedOptions.Runs(), SharedOptions.Json(), SharedOptions.Agent(), SharedOptions.Sarif());
        var (failOn, baseline, write, dispatch) = (SharedOptions.FailOn(), SharedOptions.Baseline(), SharedOptions.WriteBaseline(), SharedOptions.Dispatch());
        var memory = SharedOptions.ProcessMemory();
        var script = new Option<string?>("--script") { Description = "Script of the agent 'scripted'.", HelpName = "FILE" };
        var limits = new LimitOptions();
        var command = new Command("run", "Run a plan. It is always a new run; 'muster resume' goes on with an old one.\n\nExample: muster run plan.yaml --agent scripted")
        {
            file, agent, script, sarif, failOn, baseline, write, dispatch, memory, runs, json,
        };
        limits.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            var options = DriveOptions.Create(args.GetValue(json), args.GetValue(sarif), args.GetValue(failOn), args.GetValue(baseline), args.GetValue(write), args.GetValue(memory));
            var result = await PlanPrinter.LoadAsync(args.GetRequiredValue(file), args.GetValue(agent), limits.Of(args), cancellationToken);
            var plan = PlanPrinter.Accept(result, args.GetValue(json));
            plan = args.GetValue(script) is { } path ? plan with { Script = Path.GetFullPath(path) } : plan;
            plan = args.GetValue(dispatch) is { } mode ? plan with { Waves = mode == "waves" } : plan;
            return await NewRun.GoAsync(plan, RunsRoot.Resolve(args.GetValue(runs)), options, cancellationToken);
        });
        return command;
    }
}
