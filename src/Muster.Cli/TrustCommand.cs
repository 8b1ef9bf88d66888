using System.Collections.Immutable;
using System.CommandLine;
using Muster.Artefacts;
using Muster.Prompts;
using Muster.Settings;

namespace Muster.Cli;

/// <summary><c>muster trust</c>: shows what a tree's own files would change, and approves them as they are.</summary>
internal static class TrustCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Directory whose muster.yaml and .muster/prompts are looked at.", DefaultValueFactory = _ => "." };
        var hash = new Option<string?>("--hash") { Description = "Approve without being asked what has just this hash.", HelpName = "SHA256" };
        var json = SharedOptions.Json();
        var command = new Command(
            "trust", "Show what a tree's muster.yaml and prompts would change, and approve them as they are; a file that changes later is ignored again.\n\nExample: muster trust .")
        {
            path, hash, json,
        };
        command.SetAction(args =>
        {
            var root = Path.GetFullPath(args.GetRequiredValue(path));
            if (!Directory.Exists(root))
            {
                throw CliException.NoRoot(root, File.Exists(root));
            }

            var approved = Machine.Approved;
            var files = TreeFiles.In(root, approved);
            var changes = files.ToDictionary(f => f, Changes); // What it may not say is refused here, before anybody is asked.
            var isJson = args.GetValue(json);
            var isDone = files.All(f => f.Standing is ApprovalStanding.Approved);
            if (!isDone && (args.GetValue(hash) is not null || (!isJson && IsTerminal)) && PersonCheck.WhyAgent(Environment.GetEnvironmentVariable) is { } why)
            {
                throw CliException.NoPerson(why);
            }

            if (!isJson)
            {
                Show(files, changes);
            }

            if (!isDone && Approves(files, args.GetValue(hash), isJson))
            {
                approved.Approve(files);
                isDone = true;
            }

            if (isJson)
            {
                Write(files, changes, isDone);
            }
            else
            {
                Console.Out.WriteLine(files.IsEmpty ? $"{root} has neither a muster.yaml nor .muster/prompts: there is nothing to approve."
                    : isDone ? $"approved as they are, in {Machine.Directory}"
                    : $"nothing is approved; approve it from a terminal, or with: muster trust {root} --hash {TreeFiles.HashOf(files)}");
            }

            return isDone ? ExitCode.Complete : ExitCode.AwaitingHuman;
        });
        return command;
    }

    private static bool IsTerminal => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    private static bool Approves(ImmutableArray<TreeFile> files, string? hash, bool isJson)
    {
        if (hash is not null)
        {
            return hash == TreeFiles.HashOf(files) ? true : throw CliException.OtherHash(ReportText.Line(hash, 80), TreeFiles.HashOf(files));
        }

        if (isJson || !IsTerminal)
        {
            return false;
        }

        Console.Out.Write("Approve this, as it is? Type yes: ");
        return Console.ReadLine()?.Trim() is "yes";
    }

    private static ImmutableArray<string> Changes(TreeFile file)
    {
        if (Path.GetFileName(file.Path) == SettingsFile.Name)
        {
            return [.. TreeSettings.Parse(file).Words().DefaultIfEmpty("changes nothing")];
        }

        var role = Path.GetFileNameWithoutExtension(file.Path);
        if (!PromptTemplate.Names.Contains(role))
        {
            return [$"is no prompt of this version and changes nothing; there are {string.Join(", ", PromptTemplate.Names)}"];
        }

        new PromptTemplate(file.Path, file.Content).Check(PromptTemplate.BuiltIn(role).Placeholders);
        return [$"takes the place of the prompt '{role}' ({file.Content.Split('\n').Length:N0} lines: read it)"];
    }

    private static void Show(ImmutableArray<TreeFile> files, Dictionary<TreeFile, ImmutableArray<string>> changes)
    {
        foreach (var file in files)
        {
            Console.Out.WriteLine(DisplayText.Clean($"{file.Path}   {Words(file.Standing)}   sha256 {file.Sha256}"));
            foreach (var change in changes[file])
            {
                Console.Out.WriteLine(DisplayText.Clean("  " + change));
            }
        }
    }

    private static string Words(ApprovalStanding standing) => standing switch
    {
        ApprovalStanding.Approved => "approved",
        ApprovalStanding.Changed => "changed since you approved it",
        _ => "not approved",
    };

    private static void Write(ImmutableArray<TreeFile> files, Dictionary<TreeFile, ImmutableArray<string>> changes, bool isDone) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("approved", isDone);
        json.WriteString("hash", TreeFiles.HashOf(files));
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("path", ReportText.Line(file.Path));
            json.WriteString("sha256", file.Sha256);
            json.WriteString("standing", isDone ? "approved" : RunJson.Kebab(file.Standing.ToString()));
            json.WriteStartArray("changes");
            changes[file].ToList().ForEach(change => json.WriteStringValue(ReportText.Line(change)));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
