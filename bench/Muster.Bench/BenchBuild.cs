using System.Text.Json;
using System.Text.Json.Serialization;
using Muster.Journal;
using Muster.Runs;

namespace Muster.Bench;

/// <summary>A repository of 20,000 files on which the built command builds modules, one a directory, by a scripted agent with nothing to think about.</summary>
internal sealed class BenchBuild
{
    private const int Files = 20_000;

    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly string script;
    private readonly string repository;
    private readonly string runs;

    /// <summary>Writes what a build needs.</summary>
    /// <param name="home">Where.</param>
    /// <param name="modules">How many.</param>
    /// <param name="delay">How long an agent takes; a module's test as long.</param>
    public BenchBuild(BenchDirectory home, int modules, TimeSpan delay = default)
    {
        repository = Repository(home.Of("engine"), modules);
        (script, runs) = (home.Of("script.json"), home.Of("runs"));
        var wait = $"{delay.TotalSeconds:0.###}s";
        var names = Enumerable.Range(0, modules).Select(i => $"m{i}").ToArray();
        var contracts = names.ToDictionary(name => $"contracts/interfaces/{name}.interface.md", name => $"# {name}\n\nVersion: 1\n\nrun()\n");
        contracts["contracts/architecture.md"] = "# Architecture\n\nMany of a kind.\n";
        contracts["contracts/modules.json"] = JsonSerializer.Serialize(new
        {
            project = "many",
            modules = names.Select(name => new
            {
                name,
                description = $"Module {name}",
                depends_on = Array.Empty<string>(),
                @interface = $"interfaces/{name}.interface.md",
                builder_model = "haiku",
                estimated_complexity = "low",
                test_command = delay > TimeSpan.Zero ? $"sleep {delay.TotalSeconds:0.###}" : null, // The shell loop tests nothing either.
                paths = new[] { $"{name}/" },
            }),
            build_order = names,
            assembly_order = names,
        }, WithoutNulls);
        File.WriteAllText(script, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["role:architect"] = new { delay = wait, attempt_files = contracts },
            ["role:trainer"] = new { delay = wait, attempt_files = new Dictionary<string, string> { ["training/bootstrap.jsonl"] = Pair() } },
            ["role:scaffolder"] = new { delay = wait, files = names.ToDictionary(name => $"{name}/README.md", name => $"# {name}\n") },
            ["role:builder"] = new { delay = wait, files = new Dictionary<string, string> { ["{module}/new.txt"] = "new\n" } },
            ["role:shipper"] = new { delay = wait, files = new Dictionary<string, string> { ["CHANGELOG.md"] = "# Changelog\n" } },
            ["*"] = new { delay = wait },
        }));
    }

    /// <summary>Words that begin it.</summary>
    public string[] Begin => ["build", "Many", "--repo", repository, "--script", script, "--role", "worker=inspect", "--sparse", "--runs", runs];

    /// <summary>Words that go on with it.</summary>
    public string[] Resume => ["resume", "--runs", runs];

    /// <summary>The journal from its beginning; empty before the run is there.</summary>
    public IReadOnlyList<RunEntry> Journal()
    {
        if (!Directory.Exists(runs) || Directory.GetFiles(runs, "journal.head", SearchOption.AllDirectories) is not [var head, ..])
        {
            return [];
        }

        using var journal = SqliteJournal.OpenReader(Path.Combine(Path.GetDirectoryName(head)!, "run.db"));
        return [.. journal.ReadAfter(0)];
    }

    /// <summary>Approves what waits; false when nothing does.</summary>
    public bool Approve()
    {
        var journal = Journal();
        var decided = journal.Select(entry => entry.Event).OfType<RunEvent.GateDecided>().Select(e => e.Sha256).ToHashSet();
        var open = journal.Select(entry => entry.Event).OfType<RunEvent.GateOpened>().Select(e => e.Sha256).Where(sha256 => !decided.Contains(sha256)).ToList();
        open.ForEach(sha256 => MusterProgram.Run("approve", "--runs", runs, "--hash", sha256));
        return open.Count > 0;
    }

    /// <summary>A repository with one commit and so many directories of files.</summary>
    public static string Repository(string path, int modules)
    {
        for (var i = 0; i < Files; i++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(path, $"m{i % modules}", $"d{i / modules % 10}"));
            File.WriteAllText(Path.Combine(directory.FullName, $"f{i}.txt"), $"{i}\n");
        }

        Git(path, "init", "-q", "-b", "main");
        Git(path, "add", "-A");
        Git(path, "-c", "user.name=b", "-c", "user.email=b@localhost", "-c", "gc.auto=0", "commit", "-q", "-m", "base");
        Git(path, "repack", "-a", "-d", "-q");
        Git(path, "config", "gc.auto", "0"); // The engine never collects; else the shell's git would, in the background of both.
        return path;
    }

    /// <summary>A training pair that passes all checks.</summary>
    private static string Pair() => JsonSerializer.Serialize(new
    {
        messages = new[]
        {
            new { role = "user", content = "What does m0 do?" },
            new { role = "assistant", content = "The module m0 of the project many answers run() and nothing else, as its interface says; no other module calls it, and it keeps nothing between two calls." },
        },
        metadata = new
        {
            pair_id = 1,
            taxonomy = "fact",
            source_refs = new[] { ".orchestration/contracts/interfaces/m0.interface.md" },
            modules_referenced = new[] { "m0" },
            hop_count = 1,
            difficulty = "easy",
            quality_score = 0.9,
            expires_at = (string?)null,
        },
    }) + "\n";

    /// <summary>Git in a directory.</summary>
    public static void Git(string path, params string[] arguments) => MusterProgram.Run("git", ["-C", path, .. arguments]);
}
