using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muster.EndToEnd.Builds;

/// <summary>Builds by the real CLIs against a model server on this machine, from a sentence to a base branch that a person approved.</summary>
public sealed partial class RealCliBuildTests
{
    private const string Report = "{file}";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Part[] Parts =
    [
        new("auth")
        {
            Files = new() { ["src/auth/auth.js"] = "exports.may = (who) => who === 'admin';\n", ["src/auth/auth.test.js"] = Test("auth", "may('admin')") },
            Test = "node --test src/auth/",
        },
        new("billing", "auth")
        {
            Files = new() { ["src/billing/billing.js"] = "exports.bill = (who) => require('../auth/auth').may(who) ? 7 : 0;\n", ["src/billing/billing.test.js"] = Test("billing", "bill('admin') === 7") },
            Test = "node --test src/billing/",
        },
    ];

    /// <summary>Faults 29 and 75: a builder writes into another module, says that it did not, is asked again, says that it mended it, and did not.</summary>
    [Theory]
    [InlineData("claude", "claude-opus-5-5", "claude-sonnet-5-5", 3)]
    [InlineData("codex", "gpt-6.2-astra", "gpt-6.2-sol", 2)] // A QC of it has its file taken from its last message.
    public async Task A_project_is_built_through_every_stage_and_nothing_is_bought_twice(string cli, string opus, string sonnet, int examined)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(d => File.Exists(Path.Combine(d, "node"))), "node is not installed");
        await using var real = await RealCli.StartAsync(cli, Script());
        var project = new BuildProject(new(Parts)) { Muster = real.Muster }; // What it made goes with the CLI's own.
        var began = await project.CommitAsync(("README.md", "# Shop\n"));
        await project.GitAsync("checkout", "-q", "-b", "work");
        project.Muster.Write("shop/notes.txt", "not committed");
        var before = project.Snapshot("main");

        project.Expect(4, await project.BuildByAsync(cli, "--base", "main", "--role", "worker=inspect", "--integration-test", "node --test src/", "--max-usd", "20"), "architecture");
        Assert.Contains("changes that are not committed", project.Last.Errors, StringComparison.Ordinal);
        Assert.Equal(began, await project.GitAsync("rev-parse", "main"));
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");
        Assert.Equal(began, await project.GitAsync("rev-parse", "main"));
        project.Expect(0, await project.ApproveAsync("ship"));

        Assert.Equal(("complete", 1, 3), (project.Status, project.Round("auth"), project.Round("billing")));
        Assert.Equal(project.Json.GetProperty("build").GetProperty("landed").GetString(), await project.GitAsync("rev-parse", "main"));
        var paths = (await project.GitAsync("ls-tree", "-r", "--name-only", "main")).Split('\n');
        string[] wanted = [".orchestration/contracts/modules.json", ".orchestration/brains/builder-auth.md", ".orchestration/training/bootstrap.jsonl", "CHANGELOG.md", .. Parts.SelectMany(p => p.Files.Keys)];
        Assert.Empty(wanted.Except(paths));
        Assert.DoesNotContain("src/auth/evil.js", paths);
        Assert.Contains(".orchestration/brains/curator.md", await project.PathsAsync()); // It was written after the approval: its commit is on the integration branch.
        Assert.Equal(["Merge billing", "Merge auth"], (await project.GitAsync("log", "--first-parent", "--format=%s", "main")).Split('\n').Where(s => Parts.Any(p => s == $"Merge {p.Name}")));
        Assert.Equal(await project.GitAsync("rev-parse", $"orchestration/{project.RunId}/integration"), project.Json.GetProperty("build").GetProperty("remembered").GetString());
        Assert.Contains("? 7 : 0", await project.GitAsync("show", "main:src/billing/billing.js"), StringComparison.Ordinal);
        Assert.Equal(before, project.Snapshot("main"));

        var worktree = Path.Combine(project.Muster.OnlyRun, "builds", "module-auth");
        Assert.Contains($"worked in {worktree} and passed", LogOf(project, "build/auth/1"), StringComparison.Ordinal); // Its own shell said so.
        Assert.Contains("src/auth/evil.js is outside the paths", project.PromptOf("build/billing/2"), StringComparison.Ordinal);
        Assert.Contains("src/auth/evil.js is outside the paths", project.PromptOf("build/billing/3"), StringComparison.Ordinal);
        Assert.Contains("steps/build-auth-1.md", project.PromptOf("build/billing/1"), StringComparison.Ordinal);
        Assert.Contains("say it in fewer words", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "qc", "auth-backlog.md")), StringComparison.Ordinal);

        var asked = real.Server.Requests.Where(r => r.Method == "POST").GroupBy(r => StepPattern().Match(r.Body).Groups["step"].Value).ToDictionary(g => g.Key, g => g.ToList());
        Assert.Equal(
            $"architect/1 2, bootstrap 2, build/auth/1 4, build/billing/1 4, build/billing/2 3, build/billing/3 3, curate 4, qc/auth/1 {examined}, qc/billing/3 {examined}, scaffold/1 2, ship/1 2",
            string.Join(", ", asked.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key} {a.Value.Count}")));
        Assert.Equal(project.Json.GetProperty("census").GetProperty("verified").GetInt32(), project.Json.GetProperty("attempts").GetInt32());
        Assert.All(asked["architect/1"].Concat(asked["build/billing/3"]), r => Assert.Contains(opus, r.Body, StringComparison.Ordinal));
        Assert.All(asked["build/auth/1"].Concat(asked["build/billing/2"]), r => Assert.Contains(sonnet, r.Body, StringComparison.Ordinal));

        var cost = project.Json.GetProperty("cost").GetProperty("domains").EnumerateArray().ToDictionary(d => d.GetProperty("name").GetString()!, d => d.GetProperty("usd").GetDecimal());
        Assert.All(["architect", "bootstrap", "scaffold", "build", "ship", "curate"], stage => Assert.True(cost[stage] > 0, stage));
        Assert.Equal(
            [opus, sonnet, "none (engine)", "the audit's (see harden/)"],
            project.Json.GetProperty("cost").GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.Contains("| build | ", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
        Assert.Empty(real.FilesWith(RealCli.Key));
    }

    /// <summary>What the model does, by the step that it is asked about; QC of billing and the curator are the rehearsal's own.</summary>
    /// <remarks>A module is tested upon the skeleton alone, so that has a stub of what others need.</remarks>
    private static string Script()
    {
        var build = new BuildScript(Parts);
        object Read(string path) => new { tool = "Read", input = new { file_path = "{worktree}/" + path } };
        object Shell(string command) => new { tool = "Bash", input = new { command = "cd {worktree} && " + command } };
        object Says(string text) => new { text };
        object Built(Part part) => new { files = part.Files, attempt_files = new Dictionary<string, string> { ["brain.md"] = $"# {part.Name}\n\nIt is built.\n" } };
        object Rule(string step, params object[] steps) => new { match = $"/attempts/{step}/", steps };
        object Written(object files, object attemptFiles) => new { files, attempt_files = attemptFiles, write = Report };
        var none = new Dictionary<string, string>();
        return JsonSerializer.Serialize(
            new
            {
                tasks = new[]
                {
                    Rule("architect/1", Written(none, build.Contracts()), Says("Done. Two modules.")),
                    Rule("bootstrap", Written(none, new Dictionary<string, string> { ["training/bootstrap.jsonl"] = BuildScript.Pair() }), Says("Done. One pair.")),
                    Rule(
                        "scaffold/1",
                        Written(new Dictionary<string, string> { ["package.json"] = "{ \"name\": \"shop\" }\n", ["src/auth/auth.js"] = "exports.may = () => true;\n", ["src/billing/billing.js"] = "exports.bill = () => 0;\n" }, none),
                        Says("Done. It stands.")),
                    Rule(
                        "build/auth/1", Read("src/auth/auth.js"), Built(Parts[0]),
                        new { tool = "Bash", input = new { command = "cd {worktree} && node -e \"require('./src/auth/auth').may('admin') && console.log('worked in ' + process.cwd() + ' and passed')\"" }, write = Report },
                        Says("Done. It is built.")),
                    Rule("build/billing/1", Read("src/billing/billing.js"), Built(Parts[1]), new { tools = new[] { Shell("echo evil > src/auth/evil.js") }, write = Report }, Says("Done. I touched nothing else.")),
                    Rule("build/billing/2", Read("src/billing/billing.js"), new { write = Report }, Says("Done. I took the file away.")),
                    Rule("build/billing/3", Shell("rm src/auth/evil.js"), new { write = Report }, Says("Done. It is gone.")),
                    Rule("qc/auth/1", Read("src/auth/auth.js"), new { write = "# QC\n\n## Findings\n\n- [minor] src/auth/auth.js:1: may; say it in fewer words\n\n<!-- DONE -->\n" }, Says("Done. It is well.")),
                    Rule("ship/1", Written(new Dictionary<string, string> { ["CHANGELOG.md"] = "# Changelog\n\n- A shop.\n" }, none), Says("Done. It is ready.")),
                },
            },
            Plain);
    }

    private static string Test(string name, string what) =>
        $"const test = require('node:test'); const assert = require('node:assert');\ntest('it does', () => assert.ok(require('./{name}').{what}));\n";

    private static string LogOf(BuildProject project, string step) => File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "attempts", step, "1", "stdout.log"));

    /// <summary>The step that a request is about, by the path of its file.</summary>
    [GeneratedRegex("/attempts/(?<step>[a-z0-9/-]+)/[0-9]+/output[.]md", RegexOptions.None, 1_000)]
    private static partial Regex StepPattern();
}
