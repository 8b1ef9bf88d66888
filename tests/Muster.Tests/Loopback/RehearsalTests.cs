using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Dispatch;
using Muster.Loopback.Scripting;
using Muster.Plans;
using Muster.Prompts;
using Muster.Runs;
using Muster.Synthesis;
using Muster.Tests.Journal;

namespace Muster.Tests.Loopback;

/// <summary>The loopback server does Muster's own tasks well, and otherwise where a script says so.</summary>
public sealed class RehearsalTests : IDisposable
{
    private const string Path = "/v1/messages";
    private const string WorkerOutput = "/run/attempts/sec-01/1/output.md";

    private static readonly string[] AllTools =
    [
        """{"name":"Glob","input_schema":{"properties":{"pattern":{},"path":{}}}}""",
        """{"name":"Read","input_schema":{"properties":{"file_path":{}}}}""",
        """{"name":"Write","input_schema":{"properties":{"file_path":{},"content":{}}}}""",
    ];

    private readonly TempDirectory home = new();
    private readonly StepPrompt prompts = new(GoldenPlan.Header, RunPrompts.BuiltIn);

    private static TaskSpec Task => new()
    {
        Id = "sec-01",
        Domain = "d",
        Name = "Secrets",
        Task = "Look for your last mistakes.",
        Model = "haiku",
        Tier = Tier.Haiku,
        Agent = "anthropic",
        Scope = ["src/**"],
    };

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task A_worker_looks_writes_a_file_that_is_verified_and_says_so()
    {
        await using var client = await LoopbackClient.StartAsync();

        var turns = await TalkAsync(client, prompts.OfWorker(Task, WorkerOutput, [], null), AllTools);

        Assert.Equal(["Glob", "Write", "Done. The rehearsal wrote its file."], turns.Select(t => (string?)(t["name"] ?? t["text"])));
        Assert.Equal("/tree", (string?)turns[0]["input"]!["path"]);
        Assert.Equal(WorkerOutput, (string?)turns[1]["input"]!["file_path"]);
        Verified(turns[1]["input"]!["content"]!);
    }

    [Fact]
    public async Task A_coordinator_reads_its_files_and_joins_what_they_found()
    {
        await using var client = await LoopbackClient.StartAsync();
        const string Shared = "- [major] src/a.cs:3: a key in the text";
        var inputs = new[] { Input("a", $"# A\n## Findings\n{Shared}\n- [minor] .: old [things]\n<!-- DONE -->\n"), Input("b", $"# B\n## Findings\n{Shared}\n<!-- DONE -->\n"), Input("c", "# C\n## Findings\n- none\n<!-- DONE -->\n") };

        var turns = await TalkAsync(client, prompts.OfCoordinator("Security", "/run/s.md", inputs, new([], ["d: no file"], 4, 3), null), AllTools);

        Assert.Equal(["Read", "Read", "Read", "Write", null], turns.Select(t => (string?)t["name"]));
        Assert.Equal(inputs.Select(i => i.Path), turns.Take(3).Select(t => (string?)t["input"]!["file_path"]));
        var text = Verified(turns[3]["input"]!["content"]!);
        Assert.Contains($"{Shared} [a, b]", text, StringComparison.Ordinal);
        Assert.Contains("d: no file", text, StringComparison.Ordinal);
        var known = ImmutableHashSet.Create("a", "b", "c");
        Assert.Null(Citations.Fault(text, known));
        Assert.Empty(Citations.Unnamed(text, known));
        Assert.Null(Citations.FaultOfSummary((string)turns[4]["text"]!, known));
        Assert.Contains("3 of 4 workers", (string)turns[4]["text"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_cannot_write_answers_with_the_file()
    {
        await using var client = await LoopbackClient.StartAsync();
        var prompt = prompts.OfWorker(Task, WorkerOutput, [], null);

        var withoutTools = Assert.Single(await TalkAsync(client, prompt, []));
        var handedIn = await TalkAsync(client, prompt + "\nYou cannot write files here. Instead, your last message is the whole content of your file.\n", AllTools);

        Assert.Equal((string?)withoutTools["text"], (string?)handedIn[^1]["text"]);
        Assert.Equal(2, handedIn.Count);
        var text = (string)withoutTools["text"]!;
        Verified(JsonValue.Create(text[..text.IndexOf("Done.", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_script_fails_single_tasks_and_leaves_the_others_alone()
    {
        var script = ModelScript.Parse("""
            tasks:
              - match: /attempts\/sec-0[1-3]\/1\//
                steps: [{write: "# Half\n"}, {text: "Done. I wrote {output_file_path}."}]
              - match: Licences
                at: 1
                errors: [overloaded]
            """);
        await using var client = await LoopbackClient.StartAsync(new() { Script = script });

        var half = await TalkAsync(client, prompts.OfWorker(Task, WorkerOutput, [], null), AllTools);
        Assert.Equal("# Half\n", (string?)half[0]["input"]!["content"]);
        Assert.Equal($"Done. I wrote {WorkerOutput}.", (string?)half[1]["text"]);

        var again = await TalkAsync(client, prompts.OfWorker(Task, WorkerOutput.Replace("/1/", "/2/", StringComparison.Ordinal), [], "half"), AllTools);
        Verified(again[1]["input"]!["content"]!);

        var licences = await TalkAsync(client, prompts.OfWorker(Task with { Name = "Licences" }, "/run/attempts/dep-01/1/output.md", [], null), AllTools);
        Assert.Equal(["Glob", "529", "Write", "Done. The rehearsal wrote its file."], licences.Select(t => (string?)(t["name"] ?? t["text"] ?? t["status"])));
    }

    [Fact]
    public async Task A_title_beside_the_work_takes_no_step_of_it()
    {
        await using var client = await LoopbackClient.StartAsync();
        var body = LoopbackClient.Message("""<<FAKE [ {"text":"Work.","errors":[{"status":500}]} ] FAKE>>""");
        body["system"] = "You are a title generator. You output ONLY a thread title.";

        Assert.Equal("A rehearsal", (string?)(await client.PostJsonAsync(Path, body))["content"]![0]!["text"]);
        body.Remove("system");
        Assert.Equal("error", (string?)(await client.PostJsonAsync(Path, body))["type"]);
    }

    /// <summary>The prompts of a build's roles, with places for their values, each under the name of its value.</summary>
    [Theory]
    [InlineData("architect", "contracts/modules.json")]
    [InlineData("trainer", "training/bootstrap.jsonl")]
    [InlineData("scaffolder", "/worktree/src/core/README.md, /worktree/lib/one.sh")]
    [InlineData("builder", "/worktree/src/core/run.sh, /worktree/src/core/test.sh")]
    [InlineData("action", "/worktree/rehearsed/attempts.md")]
    [InlineData("shipper", "/worktree/RELEASE.md")]
    [InlineData("curator", "brains/curator.md")]
    [InlineData("judge", "")]
    [InlineData("qc", "")]
    public async Task A_role_of_a_build_writes_what_it_is_for_and_a_report_that_is_verified(string role, string files)
    {
        await using var client = await LoopbackClient.StartAsync();

        var turns = await TalkAsync(client, BuildPrompt(role), AllTools);

        var written = turns.Where(t => (string?)t["name"] is "Write").ToDictionary(t => (string)t["input"]!["file_path"]!, t => t["input"]!["content"]!);
        Assert.All(
            files.Split(", ", StringSplitOptions.RemoveEmptyEntries),
            file => Assert.True(written.ContainsKey(file.StartsWith('/') ? file : "/run/attempts/x/1/" + file), string.Join(' ', written.Keys)));
        Verified(written["/run/attempts/x/1/output.md"]);
        Assert.StartsWith(role == "judge" ? "Done. Adapt:" : "Done.", (string?)turns[^1]["text"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_writes_files_of_the_worktree_and_of_the_attempt_whatever_their_paths_are()
    {
        var script = ModelScript.Parse("""
            tasks:
              - match: attempts/x/
                steps:
                  - { files: { src/a.sh: "at {worktree}\n" }, attempt_files: { brain.md: "# B\n" }, tool: Bash, input: { command: "cd {worktree} && ls {attempt_directory}" }, write: "{file}" }
                  - { text: Done. X. }
            """);
        await using var client = await LoopbackClient.StartAsync(new() { Script = script });

        var turns = await TalkAsync(client, BuildPrompt("builder"), [.. AllTools, """{"name":"Bash","input_schema":{"properties":{"command":{}}}}"""]);

        Assert.Equal(
            ["cd /worktree && ls /run/attempts/x/1", "/worktree/src/a.sh", "/run/attempts/x/1/brain.md", "/run/attempts/x/1/output.md", "Done. X."],
            turns.Select(t => (string?)(t["text"] ?? t["input"]!["command"] ?? t["input"]!["file_path"])));
        Assert.Equal("at /worktree\n", (string?)turns[1]["input"]!["content"]);
    }

    private static string BuildPrompt(string role)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["output_file_path"] = "/run/attempts/x/1/output.md",
            ["project_root"] = "/worktree",
            ["module_code_path"] = "/worktree",
            ["module_name"] = "core",
            ["module_paths"] = "src/core/, lib/one.sh",
            ["ordered_module_list"] = "1. core: src/core/, lib/one.sh",
            ["source_file_list"] = "- .orchestration/contracts/interfaces/core.interface.md (version 1, sha256 x)",
            ["start_pair_id"] = "7",
        };
        var template = PromptTemplate.BuiltIn(role);
        return template.Render(new Dictionary<string, string>(template.Placeholders.Select(name => KeyValuePair.Create(name, values.GetValueOrDefault(name, name))), StringComparer.Ordinal));
    }

    /// <summary>Talks until the answer has no calls; every call and every text, and the status of every error.</summary>
    private static async Task<List<JsonNode>> TalkAsync(LoopbackClient client, string prompt, string[] tools)
    {
        var body = LoopbackClient.Message(prompt);
        if (tools.Length > 0)
        {
            body["tools"] = new JsonArray([.. tools.Select(tool => JsonNode.Parse(tool))]);
        }

        var all = new List<JsonNode>();
        for (var turn = 0; turn < 8; turn++)
        {
            using var response = await client.PostAsync(Path, body);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
            if (!response.IsSuccessStatusCode)
            {
                all.Add(new JsonObject { ["status"] = ((int)response.StatusCode).ToString() });
                continue;
            }

            all.AddRange(answer["content"]!.AsArray()!);
            if ((string?)answer["stop_reason"] is not "tool_use")
            {
                return all;
            }

            body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = answer["content"]!.DeepClone() });
            body["messages"]!.AsArray().Add(new JsonObject
            {
                ["role"] = "user",
                ["content"] = new JsonArray([.. answer["content"]!.AsArray().Select(call => new JsonObject
                {
                    ["type"] = "tool_result", ["tool_use_id"] = (string?)call!["id"], ["content"] = "ok",
                })]),
            });
        }

        throw new InvalidOperationException("The conversation does not end.");
    }

    private static string Verified(JsonNode content)
    {
        var text = (string)content!;
        Assert.IsType<Verdict.Verified>(Verifier.Judge(Encoding.UTF8.GetBytes(text)));
        return text;
    }

    private AgentInput Input(string id, string text) =>
        new(id, home.File(id + ".md", text), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
}
