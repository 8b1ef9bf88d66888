using System.CommandLine;
using Muster.Plans;

namespace Muster.Cli;

/// <summary><c>muster plan --catalog</c>: the plans that come with Muster.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "With --catalog: print this plan.", Arity = ArgumentArity.ZeroOrOne };
        var catalog = new Option<bool>("--catalog") { Description = "List the built-in plans, or print one.", Required = true };
        var json = SharedOptions.Json();
        var command = new Command("plan", "Show the built-in plans, to run or to start one's own from.\n\nExample: muster plan --catalog audit > plan.yaml") { name, catalog, json };
        command.SetAction(args =>
        {
            if (args.GetValue(name) is { } wanted)
            {
                Console.Out.Write(Catalog.TextOf(wanted));
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
}
