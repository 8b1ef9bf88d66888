using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muster.Loopback.Rehearsing;

/// <summary>What the roles of a build write when they do well, without having thought: two modules of shell, one upon the other.</summary>
internal static partial class RehearsedBuild
{
    private static readonly string[] Roles = ["architect", "trainer", "scaffolder", "builder", "action", "judge", "shipper", "curator"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a role writes more than what it found.</summary>
    public static bool Has(string role) => Roles.Contains(role);

    /// <summary>The report of such a role.</summary>
    public static string Report(MusterPrompt prompt) =>
        $"# The {prompt.Role}\n\n## Findings\n\n- none\n\n## Recommendation\n\nThis is a rehearsal: no model has thought about it.\n\n<!-- DONE -->\n";

    /// <summary>What such a role writes beside its report.</summary>
    public static IEnumerable<(string Path, string Content)> Files(MusterPrompt prompt) => prompt.Role switch
    {
        "architect" => Contracts().Select(file => (Path.Combine(prompt.Directory, "contracts", file.Path), file.Content)),
        "trainer" => [(Path.Combine(prompt.Directory, "training", "bootstrap.jsonl"), Pair(prompt.WithoutMaterial))],
        "scaffolder" when prompt.Worktree is { } tree => ListedPattern().Matches(prompt.WithoutMaterial).SelectMany(match => Paths(match.Groups["paths"].Value))
            .Select(path => (Path.Combine(tree, path.EndsWith('/') ? path + "README.md" : path), "A rehearsal.\n")),
        "builder" when prompt.Worktree is { } tree => Paths(PathsPattern().Match(prompt.WithoutMaterial).Groups["paths"].Value)
            .SelectMany(Module).Select(file => (Path.Combine(tree, file.Path), file.Content))
            .Append((Path.Combine(prompt.Directory, "brain.md"), "# Brain\n\nIt was rehearsed.\n")),
        "action" when prompt.Worktree is { } tree => [(Path.Combine(tree, "rehearsed", ModuleOf(prompt) + ".md"), "Mended by a rehearsal.\n")],
        "shipper" when prompt.Worktree is { } tree => [(Path.Combine(tree, "RELEASE.md"), "# Release\n\n- A rehearsal.\n")],
        "curator" => [(Path.Combine(prompt.Directory, "brains", "curator.md"), "# Curator\n\nThe rehearsal has ended.\n")],
        _ => [],
    };

    /// <summary>The part of a step's path before the round and the attempt: <c>attempts/build/fix-1/1/2</c>.</summary>
    private static string ModuleOf(MusterPrompt prompt) => prompt.Directory.Split('/') is [.., var module, _, _] ? module : "fix";

    private static IEnumerable<(string Path, string Content)> Contracts()
    {
        var modules = new[] { (Name: "core", Needs: Array.Empty<string>()), (Name: "app", Needs: ["core"]) };
        var order = modules.Select(m => m.Name).ToArray();
        yield return ("modules.json", JsonSerializer.Serialize(
            new
            {
                project = "example",
                modules = modules.Select(m => new
                {
                    name = m.Name,
                    description = $"The {m.Name} of a rehearsal",
                    depends_on = m.Needs,
                    @interface = $"interfaces/{m.Name}.interface.md",
                    builder_model = "sonnet",
                    estimated_complexity = "low",
                    test_command = $"sh src/{m.Name}/test.sh",
                    paths = new[] { $"src/{m.Name}/" },
                }),
                build_order = order,
                assembly_order = order,
            },
            Plain));
        yield return ("architecture.md", "# Architecture\n\nTwo modules, core and app, that say their names.\n");
        yield return ("decisions/001-rehearsal.md", "# 001: It is a rehearsal\n\n## Status\n\naccepted\n\n## Context\n\nNo model thinks.\n\n## Decision\n\nTwo modules of shell.\n\n## Alternatives\n\nOne.\n\n## Consequences\n\nNone.\n");
        foreach (var (name, _) in modules)
        {
            yield return ($"interfaces/{name}.interface.md", $"# {name}\n\nVersion: 1\n\n`run.sh` prints its directory's name.\n");
        }
    }

    private static IEnumerable<(string Path, string Content)> Module(string path) => path.EndsWith('/')
        ? [(path + "run.sh", $"#!/bin/sh\necho {Path.GetFileName(path.TrimEnd('/'))}\n"), (path + "test.sh", $"#!/bin/sh\nsh {path}run.sh | grep -q {Path.GetFileName(path.TrimEnd('/'))}\n")]
        : [(path, "A rehearsal.\n")];

    private static string Pair(string prompt) => JsonSerializer.Serialize(
        new
        {
            messages = new[]
            {
                new { role = "user", content = "What is there?" },
                new { role = "assistant", content = $"There is what the contracts name, {string.Join(" and ", InterfacePattern().Matches(prompt).Select(m => m.Groups["name"].Value).Distinct())}, each with an interface of its own that its builder holds to and that others may rely on." },
            },
            metadata = new
            {
                pair_id = int.Parse(NumberPattern().Match(prompt).Groups["number"].Value),
                taxonomy = "fact",
                source_refs = new[] { ".orchestration/contracts/architecture.md" },
                modules_referenced = Array.Empty<string>(),
                hop_count = 1,
                difficulty = "easy",
                quality_score = 0.5,
                expires_at = (string?)null,
            },
        },
        Plain) + "\n";

    private static string[] Paths(string list) => list.Split(", ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A module of the scaffolder's list: <c>1. core: src/core/</c>.</summary>
    [GeneratedRegex(@"^[0-9]+\. [a-z][a-z0-9-]*: (?<paths>[^\n]+)$", RegexOptions.Multiline, 1_000)]
    private static partial Regex ListedPattern();

    [GeneratedRegex("^Its paths: (?<paths>[^\n]+)$", RegexOptions.Multiline, 1_000)]
    private static partial Regex PathsPattern();

    [GeneratedRegex(@"interfaces/(?<name>[a-z0-9-]+)\.interface\.md", RegexOptions.None, 1_000)]
    private static partial Regex InterfacePattern();

    [GeneratedRegex("^## First number\r?\n\r?\n(?<number>[0-9]+)", RegexOptions.Multiline, 1_000)]
    private static partial Regex NumberPattern();
}
