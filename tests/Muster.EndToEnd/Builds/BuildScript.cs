using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muster.EndToEnd.Builds;

/// <summary>What the agent <c>scripted</c> does in every role of a build: all do well, but for what a test adds, which counts first.</summary>
public sealed class BuildScript(params IReadOnlyList<Part> parts)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, object> rules = [];

    /// <summary>The modules.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>Keys that modules.json has beside the usual ones.</summary>
    public Dictionary<string, object> MoreOfModules { get; } = [];

    /// <summary>What a step does; the first rule that matches counts. A list is attempt by attempt.</summary>
    public object this[string pattern]
    {
        get => rules[pattern];
        set => rules[pattern] = value;
    }

    /// <summary>A module's round as its builder does it well, with these files more.</summary>
    public object Built(string module, params (string Path, string Text)[] more)
    {
        var files = parts.Single(p => p.Name == module).Files.ToDictionary();
        foreach (var (path, text) in more)
        {
            files[path] = text;
        }

        return new { files, attempt_files = new Dictionary<string, string> { ["brain.md"] = $"# {module}\n\nIt is built.\n" } };
    }

    /// <summary>A builder that says that a contract stands in its way.</summary>
    public static object Blocked(string why) => new
    {
        attempt_files = new Dictionary<string, string> { ["conflict.md"] = $"# Conflict\n\n{why}\n" },
        @return = $"BLOCKED. Contract conflict: {why}",
    };

    /// <summary>A QC report.</summary>
    public static object Qc(params string[] findings) => new { output = $"# QC\n\n## Findings\n\n{string.Join('\n', findings.DefaultIfEmpty("none").Select(f => "- " + f))}\n\n<!-- DONE -->\n" };

    /// <summary>The contracts that the architect writes, by path.</summary>
    public Dictionary<string, string> Contracts()
    {
        var order = parts.Select(p => p.Name).ToArray();
        var modules = new Dictionary<string, object>
        {
            ["project"] = "shop",
            ["modules"] = parts.Select(p => new
            {
                name = p.Name,
                description = $"The {p.Name} of the shop",
                depends_on = p.Needs,
                @interface = $"interfaces/{p.Name}.interface.md",
                builder_model = "sonnet",
                estimated_complexity = "low",
                test_command = p.Test,
                paths = p.Paths,
            }),
            ["build_order"] = order,
            ["assembly_order"] = order,
        };
        foreach (var (key, value) in MoreOfModules)
        {
            modules[key] = value;
        }

        var files = parts.ToDictionary(p => $"contracts/interfaces/{p.Name}.interface.md", p => $"# {p.Name}\n\nVersion: 1\n\nrun() prints its name.\n");
        files["contracts/modules.json"] = JsonSerializer.Serialize(modules, Plain);
        files["contracts/architecture.md"] = "# Architecture\n\nModules that print their names.\n";
        files["contracts/decisions/001-shell.md"] =
            "# 001: It is small\n\n## Status\n\naccepted\n\n## Context\n\nA test.\n\n## Decision\n\nIt is small.\n\n## Alternatives\n\nA large one.\n\n## Consequences\n\nNone.\n";
        return files;
    }

    /// <summary>The script, as a file: JSON is YAML.</summary>
    public string ToText()
    {
        var all = new Dictionary<string, object>(rules);
        foreach (var part in parts)
        {
            all.TryAdd($"build/{part.Name}/*", Built(part.Name));
        }

        all.TryAdd("role:architect", new { attempt_files = Contracts() });
        all.TryAdd("role:trainer", new { attempt_files = new Dictionary<string, string> { ["training/bootstrap.jsonl"] = Pair() } });
        all.TryAdd("role:scaffolder", new { files = parts.ToDictionary(p => p.Skeleton, p => $"# {p.Name}\n") });
        all.TryAdd("role:shipper", new { files = new Dictionary<string, string> { ["CHANGELOG.md"] = "# Changelog\n\n- A shop.\n" } });
        all.TryAdd("role:curator", new { attempt_files = new Dictionary<string, string> { ["brains/architect.md"] = "# Architect\n\nThe shop stands.\n" } });
        return JsonSerializer.Serialize(all, Plain);
    }

    /// <summary>A training pair that passes all checks, a line.</summary>
    public static string Pair() => JsonSerializer.Serialize(
        new
        {
            messages = new[]
            {
                new { role = "user", content = "Why is the shop small?" },
                new { role = "assistant", content = "The shop is small because decision 001 says so: its modules print their names and nothing else, which a test can hold without any other part of the system." },
            },
            metadata = new
            {
                pair_id = 1,
                taxonomy = "rationale",
                source_refs = new[] { ".orchestration/contracts/architecture.md" },
                modules_referenced = Array.Empty<string>(),
                hop_count = 1,
                difficulty = "easy",
                quality_score = 0.9,
                expires_at = (string?)null,
            },
        },
        Plain) + "\n";
}
