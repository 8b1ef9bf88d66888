using System.CommandLine;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Contracts;

namespace Muster.Cli;

/// <summary><c>muster contracts check</c>: everything that is wrong with a build's contracts, each thing with its file and line.</summary>
internal static class ContractsCommand
{
    public static Command Create()
    {
        var directory = Directory();
        var json = SharedOptions.Json();
        var check = new Command("check", "Check contracts: names, cycles, orders, interfaces, decisions, locks, references.\n\nExample: muster contracts check") { directory, json };
        check.SetAction(args =>
        {
            var path = Checkout.Directory(args.GetValue(directory), "contracts");
            var set = ContractSet.Read(path);
            if (args.GetValue(json))
            {
                Write(set, path);
            }
            else
            {
                Print(set);
            }

            return set.Blueprint is null ? ExitCode.Usage : ExitCode.Complete;
        });
        return new Command("contracts", "Look at the contracts of a build.\n\nExample: muster contracts check --json") { check };
    }

    internal static Argument<string?> Directory() => new("DIR")
    {
        Description = "Directory of the contracts; .orchestration/contracts of this checkout when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>One problem, in the form of all commands that check.</summary>
    internal static void Write(Utf8JsonWriter json, IEnumerable<ContractProblem> problems)
    {
        json.WriteStartArray("problems");
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("severity", "error");
            json.WriteString("file", problem.File);
            json.WriteNumber("line", problem.Line);
            json.WriteNumber("column", problem.Column);
            json.WriteString("message", problem.Message);
            json.WriteString("nextStep", problem.NextStep);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Print(ContractSet set)
    {
        foreach (var problem in set.Problems)
        {
            Console.Error.WriteLine(DisplayText.Clean(problem.ToString()));
        }

        if (set.Blueprint is { } blueprint)
        {
            Console.Out.WriteLine(DisplayText.Clean(
                $"{blueprint.Project}: {RunWords.Count(blueprint.Modules.Length, "module")}, {RunWords.Count(set.Decisions.Length, "decision")}, {RunWords.Count(set.Locks.Locks.Length, "lock")}"));
            Console.Out.WriteLine($"build order: {string.Join(", ", blueprint.BuildOrder)}");
            Console.Out.WriteLine($"hash: {blueprint.ContractsHash}");
        }
    }

    private static void Write(ContractSet set, string path) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("ok", set.Blueprint is not null);
        json.WriteString("directory", path);
        Write(json, set.Problems);
        if (set.Blueprint is { } blueprint)
        {
            json.WriteString("project", blueprint.Project);
            json.WriteString("hash", blueprint.ContractsHash);
            Names(json, "modules", blueprint.Modules.Select(m => m.Name));
            Names(json, "buildOrder", blueprint.BuildOrder);
            Names(json, "assemblyOrder", blueprint.AssemblyOrder);
        }

        json.WriteStartArray("contracts");
        foreach (var stamp in set.Contracts.Select(c => c.Stamp))
        {
            json.WriteStartObject();
            json.WriteString("path", stamp.Path);
            json.WriteNumber("version", stamp.Version);
            json.WriteString("sha256", stamp.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Names(Utf8JsonWriter json, string key, IEnumerable<string> names)
    {
        json.WriteStartArray(key);
        names.ToList().ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }
}
