using System.CommandLine;
using Muster.Plans;

namespace Muster.Cli;

/// <summary><c>muster plan</c>: has a model part a goal into tasks; with <c>--catalog</c>, the plans that come with Muster.</summary>
internal static class PlanCommand
{
    private const string DefaultOutput = "plan.yaml";

    public static Command Create()
    {
        var goal = new Argument<string?>("GOAL") { Description = "What the agents are to do together; with --catalog the name of a plan to print.", Arity = ArgumentArity.ZeroOrOne };
        var catalog = new Option<bool>("--catalog") { Description = "List the built-in plans, or print one." };
        var resume = new Option<string?>("--resume") { Description = "Go on with a planning that stopped, or take the plan that it made; what was paid for is not paid again.", HelpName = "RUN" };
        var agent = new Option<string?>("--agent") { Description = "Agent that makes the plan, and that the plan names for its tasks.", HelpName = "NAME" };
        var root = new Option<string?>("--root") { Description = "Directory that the planner may look at and the tasks are about (default: this one).", HelpName = "DIR" };
        var output = new Option<string>("--output", "-o") { Description = "File that the plan is written to.", HelpName = "FILE", DefaultValueFactory = _ => DefaultOutput };
        var force = new Option<bool>("--force") { Description = "Replace that file where it exists." };
        var yes = new Option<bool>("--yes") { Description = "Write the plan without asking." };
        var script = new Option<string?>("--script") { Description = "Script of the agent 'scripted'.", HelpName = "FILE" };
        var (runs, json) = (SharedOptions.Runs(), SharedOptions.Json());
        var limits = new LimitOptions();
        var command = new Command(
            "plan", "Have a model part a goal into tasks, and write them as a plan; or show the built-in plans.\n\nExample: muster plan \"Find what breaks when a file is missing\" --agent claude --max-usd 1")
        {
            goal, agent, root, output, force, yes, resume, script, catalog, runs, json,
        };
        limits.AddTo(command);
        command.SetAction(async (args, cancellationToken) =>
        {
            var said = args.GetValue(goal);
            if (args.GetValue(catalog))
            {
                return Show(said, args.GetValue(json));
            }

            var planning = new PlanGoal(args.GetRequiredValue(output), args.GetValue(force), args.GetValue(yes), args.GetValue(json), limits.Of(args));
            var place = RunsRoot.Resolve(args.GetValue(runs));
            if (args.GetValue(resume) is { } run)
            {
                return said is not null ? throw CliException.NotTogether("--resume", "a goal")
                    : args.GetValue(agent) is not null || args.GetValue(root) is not null ? throw CliException.NotTogether("--resume", "--agent or --root")
                    : await planning.ResumeAsync(RunsRoot.Find(place, run), cancellationToken);
            }

            return await planning.BeginAsync(
                string.IsNullOrWhiteSpace(said) ? throw CliException.NoGoal() : said, args.GetValue(agent), args.GetValue(root) ?? ".", args.GetValue(script), place, cancellationToken);
        });
        return command;
    }

    private static int Show(string? name, bool json)
    {
        if (name is not null)
        {
            Print(name, Catalog.TextOf(name), json);
        }
        else if (json)
        {
            RunJson.Write(Console.Out, writer =>
            {
                writer.WriteStartArray();
                Catalog.Names.ToList().ForEach(writer.WriteStringValue);
                writer.WriteEndArray();
            });
        }
        else
        {
            Catalog.Names.ToList().ForEach(Console.Out.WriteLine);
        }

        return ExitCode.Complete;
    }

    private static void Print(string name, string text, bool json)
    {
        if (!json)
        {
            Console.Out.Write(text);
            return;
        }

        RunJson.Write(Console.Out, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString("plan", text);
            writer.WriteEndObject();
        });
    }
}
