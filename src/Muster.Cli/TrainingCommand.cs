using System.CommandLine;
using System.Globalization;
using System.Text;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Training;

namespace Muster.Cli;

/// <summary><c>muster training</c>: what a project's training pairs are worth, and the file that a trainer takes.</summary>
internal static class TrainingCommand
{
    private const string Name = "training";

    public static Command Create() => new("training", "Look at a project's training pairs.\n\nExample: muster training stats --json") { Check(), Stats(), Export() };

    private static Command Check()
    {
        var (directory, json) = (Directory(), SharedOptions.Json());
        var command = new Command("check", "Check training pairs: form, ids, sources, length, names, secrets, phrasings, open conflicts.\n\nExample: muster training check") { directory, json };
        command.SetAction(args =>
        {
            var problems = TrainingCheck.CheckAll(Checkout.Directory(args.GetValue(directory), Name), Context());
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteBoolean("ok", problems.IsEmpty);
                    ContractsCommand.Write(writer, problems);
                    writer.WriteEndObject();
                });
            }
            else
            {
                problems.ToList().ForEach(p => Console.Error.WriteLine(DisplayText.Clean(p.ToString())));
                Console.Out.WriteLine(problems.IsEmpty ? "All training pairs are sound." : $"{RunWords.Count(problems.Length, "problem")}.");
            }

            return problems.IsEmpty ? ExitCode.Complete : ExitCode.Usage;
        });
        return command;
    }

    private static Command Stats()
    {
        var (directory, json) = (Directory(), SharedOptions.Json());
        var command = new Command("stats", "Count training pairs by type, difficulty and module.\n\nExample: muster training stats") { directory, json };
        command.SetAction(args =>
        {
            var stats = TrainingStats.Of(new TrainingStore(Checkout.Directory(args.GetValue(directory), Name)).Read(), Today);
            if (args.GetValue(json))
            {
                Write(stats);
            }
            else
            {
                Console.Out.WriteLine($"{RunWords.Count(stats.Pairs, "pair")}, {stats.Expired:N0} expired, mean quality {stats.MeanQuality.ToString("0.00", CultureInfo.InvariantCulture)}");
                foreach (var (title, counts) in Groups(stats))
                {
                    Console.Out.WriteLine(DisplayText.Clean($"  by {title}: {string.Join(", ", counts.Select(c => $"{c.Key} {c.Value:N0}").DefaultIfEmpty("none"))}"));
                }
            }

            return ExitCode.Complete;
        });
        return command;
    }

    private static Command Export()
    {
        var (directory, json) = (Directory(), SharedOptions.Json());
        var output = new Option<string>("--output") { Description = "File that takes them.", HelpName = "FILE", Required = true };
        var quality = new Option<decimal>("--min-quality") { Description = "Leave out pairs below this score, 0 to 1.", HelpName = "SCORE" };
        var bare = new Option<bool>("--messages-only") { Description = "Leave the metadata out." };
        var command = new Command("export", "Write all pairs that have not expired into one JSONL file.\n\nExample: muster training export --output pairs.jsonl")
        {
            directory, output, quality, bare, json,
        };
        command.SetAction(args =>
        {
            var file = args.GetRequiredValue(output);
            OutputFile.Check("--output", file);
            var pairs = new TrainingStore(Checkout.Directory(args.GetValue(directory), Name)).Read();
            var taken = pairs.Where(p => !p.IsExpired(Today) && p.QualityScore >= args.GetValue(quality)).ToList();
            Publisher.WriteFor(file, Encoding.UTF8.GetBytes(string.Concat(taken.Select(p => SecretMask.Apply(p.ToJson(!args.GetValue(bare))) + "\n"))));
            if (args.GetValue(json))
            {
                RunJson.Write(Console.Out, writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", Path.GetFullPath(file));
                    writer.WriteNumber("pairs", taken.Count);
                    writer.WriteNumber("leftOut", pairs.Length - taken.Count);
                    writer.WriteEndObject();
                });
            }
            else
            {
                Console.Out.WriteLine($"{RunWords.Count(taken.Count, "pair")} in {file}, {pairs.Length - taken.Count:N0} left out");
            }

            return ExitCode.Complete;
        });
        return command;
    }

    private static Argument<string?> Directory() => new("DIR")
    {
        Description = "Directory of the pairs; .orchestration/training of this checkout when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    /// <summary>The checkout's contracts say which modules there are; without sound contracts nothing can be checked.</summary>
    private static TrainingContext Context()
    {
        var contracts = ContractSet.Read(Checkout.Directory(null, "contracts"));
        return TrainingContext.Of(Checkout.Root, contracts.RequireBlueprint(), OpenConflict.In(Checkout.Root, contracts), Today);
    }

    private static IEnumerable<(string Title, IReadOnlyDictionary<string, int> Counts)> Groups(TrainingStats stats) =>
        [("taxonomy", stats.ByTaxonomy), ("difficulty", stats.ByDifficulty), ("module", stats.ByModule)];

    private static void Write(TrainingStats stats) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("pairs", stats.Pairs);
        json.WriteNumber("expired", stats.Expired);
        json.WriteNumber("meanQuality", stats.MeanQuality);
        foreach (var (title, counts) in Groups(stats))
        {
            json.WriteStartObject(title);
            counts.ToList().ForEach(c => json.WriteNumber(c.Key, c.Value));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });
}
