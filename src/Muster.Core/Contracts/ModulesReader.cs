using System.Collections.Immutable;
using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Reads modules.json: every key is known, every value has the form that its key wants.</summary>
internal sealed class ModulesReader(ContractProblems problems)
{
    private const int MostModules = 1_000, MostPaths = 100, MostDependencies = 100, MostArguments = 100, MostText = 2_000, MostProject = 100;

    private static readonly string[] Keys = ["project", "version", "modules", "build_order", "assembly_order", "integration_test_command"];
    private static readonly string[] ModuleKeys =
        ["name", "description", "depends_on", "interface", "builder_model", "estimated_complexity", "test_command", "paths"];

    private readonly JsonFields json = new(ContractSet.Modules, problems);

    /// <summary>What it says; null where it is no object.</summary>
    public ModulesFile? Read(Contract file)
    {
        var text = file.Text;
        if (JsonTree.Read(System.Text.Encoding.UTF8.GetBytes(text), ContractSet.Modules, problems) is not { } tree
            || json.Fields(tree, Keys, Keys.Except(["version", "integration_test_command"]), "modules.json") is not { } fields)
        {
            return null;
        }

        json.Version(fields.GetValueOrDefault("version"), text);
        var modules = new Dictionary<string, PlacedModule>(StringComparer.Ordinal);
        var list = json.Items(fields.GetValueOrDefault("modules"), MostModules, "modules");
        foreach (var module in list.Select(Module).OfType<PlacedModule>())
        {
            if (!modules.TryAdd(module.Module.Name, module))
            {
                json.Error(module.Name, $"There are two modules '{module.Module.Name}'; the first stands at line {modules[module.Module.Name].Name.Line}.", "Give one of them another name.");
            }
        }

        if (list.IsEmpty && fields.TryGetValue("modules", out var none) && none is JsonPart.List { Items.IsEmpty: true })
        {
            json.Error(none, "There is no module.", "Write at least one.");
        }

        var read = new ModulesFile(
            ReportText.Line(json.Text(fields.GetValueOrDefault("project"), MostProject) ?? string.Empty),
            [.. modules.Values],
            Names(fields, "build_order"),
            Names(fields, "assembly_order"),
            Command(fields.GetValueOrDefault("integration_test_command")));
        new ModulesReview(json, read).Check(fields);
        return read;
    }

    private PlacedModule? Module(JsonPart part)
    {
        if (json.Fields(part, ModuleKeys, ModuleKeys.Except(["test_command"]), "a module") is not { } fields)
        {
            return null;
        }

        var dependsOn = Texts(json.Items(fields.GetValueOrDefault("depends_on"), MostDependencies, "names"));
        var paths = Texts(json.Items(fields.GetValueOrDefault("paths"), MostPaths, "paths"));
        foreach (var (path, at) in paths)
        {
            if (ModulePath.WhyNot(path) is { } why)
            {
                json.Error(at, $"The path '{ContractProblems.Shown(path)}' cannot be a module's: it {why}.", ModulePath.Rule);
            }
        }

        if (paths.IsEmpty && fields.TryGetValue("paths", out var none) && none is JsonPart.List { Items.IsEmpty: true })
        {
            json.Error(none, "The module has no path, so its builder could change nothing.", ModulePath.Rule);
        }

        var (description, model, complexity, command) = (
            json.Text(fields.GetValueOrDefault("description"), MostText),
            json.Choice(fields.GetValueOrDefault("builder_model"), "tier of models", "haiku", "sonnet", "opus"),
            json.Choice(fields.GetValueOrDefault("estimated_complexity"), "complexity", "low", "medium", "high"),
            Command(fields.GetValueOrDefault("test_command")));
        var (name, given) = (Name(fields.GetValueOrDefault("name")), json.Text(fields.GetValueOrDefault("interface"), MostText));
        if (name is null)
        {
            return null; // Told above; nothing else can be said of it.
        }

        var contract = $"interfaces/{name}.interface.md";
        if (given is not null && given != contract)
        {
            json.Error(fields["interface"], $"The interface of module '{name}' is not '{ContractProblems.Shown(given)}'.", $"Write \"{contract}\".");
        }

        return new(
            new(name, DisplayText.Clean(description ?? string.Empty), [.. dependsOn.Select(d => d.Text)], contract, model ?? string.Empty, complexity ?? string.Empty, command, [.. paths.Select(p => p.Text)]),
            fields["name"],
            [.. dependsOn.Select(d => d.At)],
            [.. paths.Select(p => p.At)]);
    }

    private string? Name(JsonPart? part)
    {
        if (json.Text(part, MostText) is not { } name || ModuleName.WhyNot(name) is not { } why)
        {
            return (part as JsonPart.Text)?.Value is { Length: > 0 } good && ModuleName.WhyNot(good) is null ? good : null;
        }

        json.Error(part!, $"'{ContractProblems.Shown(name)}' cannot be a module's name: it {why}.", ModuleName.Rule);
        return null;
    }

    private ImmutableArray<string> Names(Dictionary<string, JsonPart> fields, string key) =>
        [.. Texts(json.Items(fields.GetValueOrDefault(key), MostModules * 2, "names")).Select(n => n.Text)];

    private ImmutableArray<(string Text, JsonPart At)> Texts(ImmutableArray<JsonPart> items) =>
        [.. items.Select(item => (Text: json.Text(item, MostText), item)).Where(t => t.Text is not null).Select(t => (t.Text!, t.item))];

    private ImmutableArray<string> Command(JsonPart? part)
    {
        if (part is null)
        {
            return [];
        }

        var why = default(string);
        var arguments = part is JsonPart.List ? [.. Texts(json.Items(part, MostArguments, "arguments")).Select(a => a.Text)]
            : json.Text(part, MostText) is { } text ? ArgumentList.Split(text, out why)
            : [];
        why ??= part is JsonPart.List ? ArgumentList.WhyNot(arguments) : null;
        if (why is null)
        {
            return arguments;
        }

        json.Error(part, $"This command cannot be run: it {why}.", "Write a program and its arguments, as a text or as a list of texts; put what needs a shell into a script of the project.");
        return [];
    }
}
