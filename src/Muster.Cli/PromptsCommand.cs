using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Muster.Artefacts;
using Muster.Prompts;
using Muster.Settings;

namespace Muster.Cli;

/// <summary><c>muster prompts</c>: which template each role's prompts are made from over a tree, and its text.</summary>
internal static class PromptsCommand
{
    private const int MostStrangers = 20;

    public static Command Create()
    {
        var (root, json) = (Root(), SharedOptions.Json());
        var command = new Command(
            "prompts", "List the prompt templates, a role each: the built-in one, or a file of the tree's .muster/prompts that you approved.\n\nExample: muster prompts show worker > .muster/prompts/worker.md")
        {
            Show(), root, json,
        };
        command.SetAction(args =>
        {
            var tree = RootOf(args, root);
            var prompts = RolePrompt.All(tree, Machine.Approved);
            var strangers = Strangers(tree);
            if (args.GetValue(json))
            {
                Write(tree, prompts, strangers);
            }
            else
            {
                foreach (var prompt in prompts)
                {
                    Console.Out.WriteLine(DisplayText.Clean($"{prompt.Role,-12} {(prompt.IsOverridden ? prompt.File!.Path : "built-in"),-10}   sha256 {Hash(prompt)[..16]}"));
                    if (WhyNot(prompt) is { } why || (why = prompt.WhyIgnored(tree)) is not null)
                    {
                        Console.Out.WriteLine($"{string.Empty,-13}{DisplayText.Clean(why)}");
                    }
                }

                strangers.ForEach(file => Console.Out.WriteLine(DisplayText.Clean($"{file} is no prompt: no role has this name.")));
            }

            return prompts.Any(prompt => WhyNot(prompt) is not null) ? ExitCode.Usage : ExitCode.Complete;
        });
        return command;
    }

    private static Command Show()
    {
        var role = new Argument<string>("ROLE") { Description = $"One of: {string.Join(", ", PromptTemplate.Names)}." };
        var builtIn = new Option<bool>("--built-in") { Description = "The one that comes with Muster, whatever the tree has." };
        var (root, json) = (Root(), SharedOptions.Json());
        var command = new Command("show", "Print the template that is in force for a role.\n\nExample: muster prompts show coordinator --built-in") { role, builtIn, root, json };
        command.SetAction(args =>
        {
            var tree = RootOf(args, root);
            var prompt = RolePrompt.Of(args.GetRequiredValue(role), tree, Machine.Approved);
            var isBuiltIn = args.GetValue(builtIn) || !prompt.IsOverridden;
            if (!args.GetValue(builtIn) && prompt.WhyIgnored(tree) is { } why)
            {
                Console.Error.WriteLine(DisplayText.Clean(why));
            }

            var template = isBuiltIn ? prompt.BuiltIn : prompt.InForce;
            if (!args.GetValue(json))
            {
                Console.Out.Write(DisplayText.Clean(template.Text));
                return ExitCode.Complete;
            }

            RunJson.Write(Console.Out, writer =>
            {
                writer.WriteStartObject();
                Write(writer, prompt.Role, isBuiltIn ? null : prompt.File!.Path, template.Sha256);
                writer.WriteStartArray("placeholders");
                template.Placeholders.Order(StringComparer.Ordinal).ToList().ForEach(writer.WriteStringValue);
                writer.WriteEndArray();
                writer.WriteString("text", template.Text);
                writer.WriteEndObject();
            });
            return ExitCode.Complete;
        });
        return command;
    }

    private static Option<string> Root() => new("--root") { Description = "Directory whose .muster/prompts are looked at.", HelpName = "DIR", DefaultValueFactory = _ => "." };

    private static string RootOf(ParseResult args, Option<string> option)
    {
        var root = Path.GetFullPath(args.GetRequiredValue(option));
        return Directory.Exists(root) ? root : throw CliException.NoRoot(root, File.Exists(root));
    }

    /// <summary>Files among the tree's prompts that no role asks for.</summary>
    private static List<string> Strangers(string root) => TreeFiles.PromptsDirectory(root) is var directory && Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory).Where(f => Path.GetExtension(f) != ".md" || !PromptTemplate.Names.Contains(Path.GetFileNameWithoutExtension(f))).Order(StringComparer.Ordinal).Take(MostStrangers)]
        : [];

    /// <summary>Of an approved file its own hash, whether it fits or not.</summary>
    private static string Hash(RolePrompt prompt) => prompt.IsOverridden ? prompt.File!.Sha256 : prompt.BuiltIn.Sha256;

    /// <summary>What keeps an approved file from being used.</summary>
    private static string? WhyNot(RolePrompt prompt)
    {
        try
        {
            _ = prompt.InForce;
            return null;
        }
        catch (PromptException e)
        {
            return $"{e.Message}\n{e.NextStep}";
        }
    }

    private static void Write(Utf8JsonWriter json, string role, string? file, string sha256)
    {
        json.WriteString("role", role);
        json.WriteString("source", file is null ? "built-in" : "file");
        json.WriteString("file", file is null ? null : ReportText.Line(file));
        json.WriteString("sha256", sha256);
    }

    private static void Write(string root, ImmutableArray<RolePrompt> prompts, List<string> strangers) => RunJson.Write(Console.Out, json =>
    {
        json.WriteStartObject();
        json.WriteString("root", ReportText.Line(root));
        json.WriteStartArray("prompts");
        foreach (var prompt in prompts)
        {
            json.WriteStartObject();
            Write(json, prompt.Role, prompt.IsOverridden ? prompt.File!.Path : null, Hash(prompt));
            json.WriteString("standing", prompt.File is { } file ? RunJson.Kebab(file.Standing.ToString()) : null);
            json.WriteString("ignored", prompt.WhyIgnored(root) is { } why ? ReportText.Line(why) : null);
            json.WriteString("problem", WhyNot(prompt) is { } problem ? ReportText.Line(problem) : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("unknownFiles");
        strangers.ForEach(file => json.WriteStringValue(ReportText.Line(file)));
        json.WriteEndArray();
        json.WriteEndObject();
    });
}
