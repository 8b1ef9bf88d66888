using System.Text.Json;

namespace Muster.EndToEnd;

/// <summary>A tree's own prompts: seen, approved, used, frozen with the run, and refused where they do not fit.</summary>
public sealed class PromptsTests : IDisposable
{
    private const string Plan = "goal: x\nroot: tree\nagent: command\ndomains:\n  - id: d\n    tasks:\n      - { id: t, task: Look, model: haiku, command: [sh, ./work.sh] }\n";

    private readonly MusterProcess muster = new();

    public void Dispose() => muster.Dispose();

    [Fact]
    public async Task An_approved_prompt_is_used_kept_by_a_resume_and_replaced_by_an_amended_plan()
    {
        muster.Write("plan.yaml", Plan);
        muster.Write("tree/work.sh", "exit 1\n");
        var builtIn = (await muster.RunAsync("prompts", "show", "worker", "--root", "tree")).Output;
        muster.Write("tree/.muster/prompts/worker.md", "FIRST WORDS\n" + builtIn);
        Assert.Contains("is ignored: nobody approved it", (await muster.RunAsync("check", "plan.yaml")).Errors, StringComparison.Ordinal);
        await TrustAsync();

        Assert.Equal(1, (await muster.RunAsync("run", "plan.yaml")).ExitCode);
        muster.Write("tree/work.sh", "grep -m1 WORDS > \"$MUSTER_OUTPUT.words\"; printf '# T\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n' > \"$MUSTER_OUTPUT\"\n");
        muster.Write("tree/.muster/prompts/worker.md", "SECOND WORDS\n" + builtIn);
        await TrustAsync();
        var retried = await muster.RunAsync("retry");

        Assert.True(retried.ExitCode == 0, retried.Output + retried.Errors);
        Assert.Equal("FIRST WORDS\n", Words());
        Assert.Equal("SECOND WORDS", (await muster.RunAsync("prompts", "show", "worker", "--root", "tree")).Output.Split('\n')[0]);

        var amended = await muster.RunAsync("resume", "--amend", "plan.yaml");

        Assert.Contains("0 tasks are new, 1 changed", amended.Errors, StringComparison.Ordinal);
        Assert.Equal("SECOND WORDS\n", Words());
        Assert.Equal(3, Directory.GetFiles(Path.Combine(muster.OnlyRun, "prompts")).Length); // Both of the worker, and the coordinator's.
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_refused_before_there_is_a_run_and_cannot_be_approved()
    {
        muster.Write("plan.yaml", Plan);
        muster.Write("tree/work.sh", "exit 1\n");
        muster.Write("tree/.muster/prompts/worker.md", "Do it.\n{tsk_name}\n");
        var trust = await muster.RunAsync("trust", "tree", "--hash", "00");
        Assert.Equal(2, trust.ExitCode);
        Assert.Contains("worker.md:2: error: '{tsk_name}' stands for nothing here", trust.Errors, StringComparison.Ordinal);
        Approve("tree/.muster/prompts/worker.md");

        foreach (var command in new[] { "run", "check" })
        {
            var refused = await muster.RunAsync(command, "plan.yaml");

            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("worker.md:2: error: '{output_file_path}' stands nowhere in the template", refused.Errors, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(muster.Runs));
        Assert.Equal(2, (await muster.RunAsync("prompts", "--root", "tree")).ExitCode);
    }

    [Fact]
    public async Task Every_role_is_listed_with_where_its_prompt_comes_from()
    {
        muster.Write("tree/.muster/prompts/planner.md", "mine");
        muster.Write("tree/.muster/prompts/wroker.md", "mistyped");

        var json = await muster.JsonAsync("prompts", "--root", "tree");
        var text = await muster.RunAsync("prompts", "--root", "tree");

        Assert.Equal(["worker", "coordinator", "planner"], json.GetProperty("prompts").EnumerateArray().Take(3).Select(p => p.GetProperty("role").GetString()));
        Assert.Equal([null, null, "not-approved"], json.GetProperty("prompts").EnumerateArray().Take(3).Select(p => p.GetProperty("standing").GetString()));
        Assert.All(json.GetProperty("prompts").EnumerateArray(), p => Assert.Equal("built-in", p.GetProperty("source").GetString()));
        Assert.EndsWith("wroker.md", Assert.Single(json.GetProperty("unknownFiles").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("planner.md is ignored: nobody approved it", text.Output, StringComparison.Ordinal);
        Assert.Contains("wroker.md is no prompt: no role has this name.", text.Output, StringComparison.Ordinal);
        Assert.Contains("{task_name}", (await muster.JsonAsync("prompts", "show", "planner")).GetProperty("text").GetString(), StringComparison.Ordinal);
        var unknown = await muster.RunAsync("prompts", "show", "archivist");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("There is no prompt 'archivist'.", unknown.Errors, StringComparison.Ordinal);
    }

    private string Words() => File.ReadAllText(Directory.GetFiles(muster.OnlyRun, "output.md.words", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).First());

    private async Task TrustAsync()
    {
        var hash = (await muster.JsonAsync("trust", "tree")).GetProperty("hash").GetString()!;
        Assert.Equal(0, (await muster.RunAsync("trust", "tree", "--hash", hash)).ExitCode);
    }

    /// <summary>As an earlier version, whose templates had other placeholders, may have approved it.</summary>
    private void Approve(string relative)
    {
        var path = Path.Combine(muster.Home, relative);
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
        muster.Write("config/muster/approved.json", JsonSerializer.Serialize(new { files = new Dictionary<string, string> { [path] = sha256 } }));
    }
}
