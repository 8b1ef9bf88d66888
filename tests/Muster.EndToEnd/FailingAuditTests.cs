using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Muster.EndToEnd;

/// <summary>
/// Faults 1, 3, 4, 6 to 10, 21, 24 and 29 at once, through the real agents: of a whole audit a fifth of the workers fails for good, each in another way that models
/// have, a third meets what providers and lines do wrong, and a storm comes over the first. A quota is a pause, and has tests of its own.
/// </summary>
public sealed partial class FailingAuditTests
{
    private const string Look = """{ tool: Read, input: { file_path: "{tree}/src/a.cs" } }""";
    private const string Half = "the last line is not '<!-- DONE -->': the file may be half written", NoFile = "no output file was written", NoTools = "it was given tools and called none";

    /// <summary>Requests that the storm refuses, whosever they are.</summary>
    private const int Storm = 4;

    /// <summary>What nothing mends: its steps, what the gap says, and the requests of each of the two attempts. A codex hands its file in with its last message.</summary>
    private static readonly (string Task, string Steps, string Reason, string OfCodex, (int Claude, int Codex, int Chat) Requests)[] ForGood =
    [
        ("sec-6", $$"""{{Look}}, { write: "# Half\n\n## Findi" }, { text: "Done. It is there." }""", Half, Half, (3, 2, 3)),
        ("sec-7", $$"""{{Look}}, { write: "# T\n\n## Findings\n\n- none\n" }, { text: "Done. It is there." }""", Half, Half, (3, 2, 3)),
        ("cor-2", $$"""{{Look}}, { text: "Done. I wrote it." }""", NoFile, NoFile, (2, 2, 2)),
        ("cor-6", $$"""{{Look}}, { tool: Write, input: { file_path: "{attempt_directory}/report.md", content: "# T\n\n## Findings\n\n- none\n\n<!-- DONE -->\n" } }, { text: "Done. It is in report.md." }""", NoFile, NoFile, (3, 3, 3)),
        ("prf-1", $$"""{{Look}}, { text: "I will not.", stop: refusal }, { text: "I will not.", stop: refusal }""", "the model refused: ", NoFile, (3, 2, 2)), // claude asks once more; codex says nothing of it.
        ("prf-5", """{ write: "{file}" }, { text: "Done. I looked at nothing." }""", NoTools, NoTools, (2, 1, 2)),
        ("upk-4", $$"""{{Look}}{{string.Concat(Enumerable.Repeat(", { text: Half, stop: max_tokens }", 4))}}""", "token", "max_output_tokens", (5, 2, 3)), // claude goes on three times, we once.
    ];

    /// <summary>What is mended: how the first attempt of a task is met, and how many requests more that makes, whatever sends them.</summary>
    private static readonly (string Task, string Fault, int More)[] Mended =
    [
        ("cor-3", "errors: [rate_limit]", 1),
        ("cor-4", "errors: [rate_limit_without_retry_after]", 1),
        ("cor-5", "at: 1, errors: [{ status: 500 }]", 1),
        ("cor-7", "at: 1, errors: [cut]", 1),
        ("cor-8", $$"""steps: [{ text: "Größe", tool: Read, input: { file_path: "{tree}/src/a.cs" }, errors: [cut_in_character] }, { write: "{file}" }, { text: "Done. So." }]""", 1),
        ("prf-2", "errors: [sse_error]", 1),
        ("prf-3", "errors: [truncated]", 1),
        ("prf-4", "errors: [empty]", 1),
        ("upk-1", "silent_ms: 500", 0),
    ];

    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task A_fifth_of_the_workers_failing_in_every_way_leaves_the_gaps_that_nothing_mends_and_nobody_is_told_otherwise(string agent)
    {
        var isCli = agent is "claude" or "codex";
        await using var real = await RealCli.StartAsync(agent, Script(isCli));
        var plan = (await real.Muster.RunAsync("plan", "--catalog", "audit")).Output;
        real.Muster.Write("plan.yaml", plan.Replace("root: .\n", "root: tree\n", StringComparison.Ordinal)
            .Replace("- id: cor-1\n", $"- id: cor-1\n        timeout: {(isCli ? 12 : 3)}s\n", StringComparison.Ordinal));

        var result = await real.Muster.RunAsync("run", "plan.yaml", "--agent", agent, "--json");

        var json = JsonDocument.Parse(result.Output).RootElement;
        var census = json.GetProperty("census");
        Assert.True(
            (3, "complete-with-gaps", 25, 7, 0) == (result.ExitCode, json.GetProperty("status").GetString(),
                census.GetProperty("verified").GetInt32(), census.GetProperty("failed").GetInt32(), census.GetProperty("skipped").GetInt32()),
            result.Output + result.Errors);
        await AssertGapsAsync(real, json, agent);
        AssertRequests(real, agent);
        AssertSeals(real);
        Assert.Empty(await real.ChangesAsync());
        Assert.Empty(real.FilesWith(RealCli.Key));
        Assert.Empty(real.AgentProcesses());
    }

    private static string Script(bool isCli) => $$"""
        storms: [{ fault: overloaded, requests: {{Storm}} }]
        tasks:
          - { match: attempts/cor-1/1/, fault: hang_in_stream }
          - { match: attempts/upk-3/1/, {{(isCli ? "fault: { status: 503 }" : "errors: [{ status: 503 }, { status: 503 }]")}} }
          - { match: attempts/upk-3/2/, steps: [{{Look}}, { text: Done. }] }
        {{string.Concat(ForGood.Select(way => $"  - {{ match: attempts/{way.Task}/, steps: [{way.Steps}] }}\n"))}}
        {{string.Concat(Mended.Select(way => $"  - {{ match: attempts/{way.Task}/1/, {way.Fault} }}\n"))}}
        """;

    /// <summary>Each gap has its reason in the answer, in the reports, and in the prompt of the coordinator that it is missing to.</summary>
    private static async Task AssertGapsAsync(RealCli real, JsonElement json, string agent)
    {
        var gaps = json.GetProperty("gaps").EnumerateArray().ToDictionary(gap => gap.GetProperty("id").GetString()!, gap => gap.GetProperty("reason").GetString()!);
        var inGapsFile = await File.ReadAllTextAsync(Path.Combine(real.Muster.OnlyRun, "gaps.md"), TestContext.Current.CancellationToken);
        var summary = await File.ReadAllTextAsync(Path.Combine(real.Muster.OnlyRun, "summary.md"), TestContext.Current.CancellationToken);
        Assert.Equal(ForGood.Select(way => way.Task).Order(), gaps.Keys.Order());
        Assert.Contains("32 planned, 32 launched, 25 verified, 7 failed, 0 skipped", summary, StringComparison.Ordinal);
        Assert.Contains("sec-6, sec-7, cor-2, cor-6, prf-1, prf-5, upk-4", summary, StringComparison.Ordinal);
        foreach (var way in ForGood)
        {
            Assert.Contains(agent is "codex" ? way.OfCodex : way.Reason, gaps[way.Task], StringComparison.Ordinal);
            Assert.Contains($"- `{way.Task}`: failed: ", inGapsFile, StringComparison.Ordinal);
            Assert.Contains($"\n- {way.Task}: {gaps[way.Task]["failed: ".Length..][..20]}", CoordinatorsPrompt(real, way.Task), StringComparison.Ordinal);
        }

        foreach (var (domain, verified) in ((string, int)[])[("Security", 6), ("Correctness", 6), ("Performance", 6), ("Upkeep", 7)])
        {
            Assert.Contains($"## {domain} ({verified} of 8 verified", summary, StringComparison.Ordinal);
            Assert.Contains($"{verified} of 8 workers below you were verified", CoordinatorsPrompt(real, domain.ToLowerInvariant()), StringComparison.Ordinal);
        }
    }

    /// <summary>Nobody asks more often than the rules say: one retry for an agent's failure, none for a provider's, and the storm's refusals once more each.</summary>
    private static void AssertRequests(RealCli real, string agent)
    {
        var clean = agent is "codex" ? 2 : 3;
        var sent = real.Server.Requests.Select(request => AttemptPattern().Match(request.Body)).Where(match => match.Success)
            .GroupBy(match => match.Groups["id"].Value, match => int.Parse(match.Groups["attempt"].Value), (id, attempts) => (id, attempts.CountBy(attempt => attempt).OrderBy(pair => pair.Key).Select(pair => pair.Value).ToArray()))
            .ToDictionary();
        Assert.All(ForGood, way =>
        {
            var requests = agent switch { "claude" => way.Requests.Claude, "codex" => way.Requests.Codex, _ => way.Requests.Chat };
            Assert.Equal([requests, requests], sent[way.Task]);
        });
        Assert.All(Mended, way => Assert.Equal(clean + way.More, sent[way.Task].Sum()));
        Assert.Equal([1, clean], sent["cor-1"]); // Fault 8: silent until its time was over, which is the attempt's failure.
        Assert.Equal(agent is "claude" or "codex" ? [3, 2, clean] : [clean + 2], sent["upk-3"]); // A busy provider costs no retry, so that the next failure still has one.
        string[] others = [.. sent.Keys.Except([.. ForGood.Select(way => way.Task), .. Mended.Select(way => way.Task), "cor-1", "upk-3"])];
        Assert.Equal(14 + 4, others.Length);
        Assert.Equal((others.Length * clean) + Storm, others.Sum(id => sent[id].Sum()));
    }

    /// <summary>What a coordinator was told that its files are, they are; what failed has none.</summary>
    private static void AssertSeals(RealCli real)
    {
        var files = Directory.GetFiles(Path.Combine(real.Muster.OnlyRun, "workers"), "*.md");
        Assert.Equal(25, files.Length);
        Assert.All(files, file =>
        {
            var (id, hash) = (Path.GetFileNameWithoutExtension(file), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
            Assert.Contains($"workers/{id}.md ({id}, sha256 {hash})", CoordinatorsPrompt(real, id), StringComparison.Ordinal);
        });
        Assert.All(ForGood, way => Assert.DoesNotContain($"workers/{way.Task}.md", CoordinatorsPrompt(real, way.Task), StringComparison.Ordinal));
    }

    /// <summary>What was sent to the coordinator of a domain, or of a task's.</summary>
    private static string CoordinatorsPrompt(RealCli real, string of)
    {
        var domain = of[..3] switch { "sec" => "security", "cor" => "correctness", "prf" or "per" => "performance", _ => "upkeep" };
        return File.ReadAllText(Path.Combine(real.Muster.OnlyRun, "attempts", "_synthesis", domain, "1", "1", "prompt.md"));
    }

    [GeneratedRegex(@"/attempts/(?:_synthesis/)?(?<id>[^/]+)(?:/1)?/(?<attempt>\d+)/output\.md")]
    private static partial Regex AttemptPattern();
}
