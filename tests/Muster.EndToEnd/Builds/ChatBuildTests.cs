using System.Text.RegularExpressions;
using Muster.Loopback;

namespace Muster.EndToEnd.Builds;

/// <summary>Builds by the agents that talk to a model's API themselves, against a model server on this machine.</summary>
public sealed partial class ChatBuildTests
{
    [Theory]
    [InlineData("anthropic")]
    [InlineData("openai")]
    public async Task A_project_is_built_through_every_stage_and_each_role_is_asked_once(string agent)
    {
        await using var server = await ModelServer.StartAsync(new());
        using var project = new BuildProject(new());
        var address = server.Address.ToString().TrimEnd('/');
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("ANTHROPIC_BASE_URL", address), ("OPENAI_BASE_URL", address + "/v1"), ("ANTHROPIC_API_KEY", "key-of-nobody"), ("OPENAI_API_KEY", "key-of-nobody")])
        {
            project.Muster.Variables[name] = value;
        }

        await project.CommitAsync(("README.md", "# Shop\n"));
        await project.GitAsync("checkout", "-q", "-b", "work");
        var before = project.Snapshot("main");

        project.Expect(4, await project.BuildByAsync(agent, "--base", "main", "--role", "worker=inspect"), "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");
        project.Expect(0, await project.ApproveAsync("ship"));

        var paths = (await project.GitAsync("ls-tree", "-r", "--name-only", "main")).Split('\n');
        string[] wanted = [".orchestration/contracts/modules.json", ".orchestration/brains/builder-core.md", ".orchestration/training/bootstrap.jsonl", "RELEASE.md", "src/core/test.sh", "src/app/test.sh"];
        Assert.Empty(wanted.Except(paths));
        Assert.Equal(["Merge app", "Merge core"], (await project.GitAsync("log", "--first-parent", "--format=%s", "main")).Split('\n').Where(s => s is "Merge app" or "Merge core"));
        Assert.Equal(before, project.Snapshot("main"));
        Assert.Equal(
            ["architect/1", "bootstrap", "build/app/1", "build/core/1", "curate", "qc/app/1", "qc/core/1", "scaffold/1", "ship/1"],
            server.Requests.Where(r => r.Method == "POST").Select(r => StepPattern().Match(r.Body).Groups["step"].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.All(project.Attempts(), step => Assert.Equal(1, step.Value));
    }

    /// <summary>The step that a request is about, by the path of its file.</summary>
    [GeneratedRegex("/attempts/(?<step>[a-z0-9/-]+)/[0-9]+/output[.]md", RegexOptions.None, 1_000)]
    private static partial Regex StepPattern();
}
