using System.CommandLine;
using Muster.Plans;

namespace Muster.Cli;

/// <summary><c>muster plan --catalog</c>: the plans that come with Muster.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "With --catalog: print this plan.", Arity = ArgumentArity.ZeroOrOne };
        var catalog = new Option<bool>("--catalog") { Description = "List the built-in plans, or print one." };
        var json = SharedOptions.Json();
        var command = new Command("plan", "Show the built-in plans, to run or to start one's own from.\n\nExample: muster plan --catalog audit > plan.yaml") { name, catalog, json };
        command.SetAction(args =>
        {
            if (!args.GetValue(catalog))
            {
                throw CliException.GoalNotPlanned();
            }

            if (args.GetValue(name) is { } wanted)
            {
                Print(wanted, Catalog.TextOf(wanted), args.GetValue(json));
                return ExitCode.Complete;
            }

            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartArray();
                    Catalog.Names.ToList().ForEach(writer.WriteStringValue);
                    writer.WriteEndArray();
                });
                return ExitCode.Complete;
            }

            foreach (var plan in Catalog.Names)
            {
                Console.Out.WriteLine(plan);
            }

            return ExitCode.Complete;
        });
        return command;
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
