using System.Collections.Immutable;
using Muster.Agents;
using Muster.Agents.Cli;
using Muster.Artefacts;
using Muster.Models;
using Muster.Runs;
using Muster.Settings;

namespace Muster.EndToEnd;

/// <summary>The real CLIs as builders: in a worktree of a repository, against a model that tries more than it was asked.</summary>
public sealed class CliWorkspaceTests
{
    private const string KeyVariable = "MUSTER_TEST_CLI_KEY";

    static CliWorkspaceTests() => Environment.SetEnvironmentVariable(KeyVariable, "key-of-the-builder");

    /// <summary>Faults 29 and 75: a builder writes its module, and what it tries beside that fails.</summary>
    [Theory]
    [InlineData("claude", "Read, Write, Edit")]
    [InlineData("claude", "Read, Write, Edit, Bash")]
    [InlineData("codex", "Read, Write, Edit, Bash")]
    [InlineData("opencode", "Read, Write, Edit, Bash")]
    [InlineData("gemini", "Read, Write, Edit, Bash")]
    public async Task A_builder_writes_its_worktree_and_its_proposals_and_nothing_else(string cli, string tools)
    {
        await using var real = await RealCli.StartAsync(cli);
        var run = Directory.CreateDirectory(Path.Combine(real.Muster.Home, "runs", "r1")).FullName;
        var workspace = Path.Combine(run, "builds", "module-auth");
        var outside = Directory.CreateDirectory(Path.Combine(real.Muster.Home, "outside")).FullName;
        real.Muster.Write("tree/.orchestration/contracts/locks.json", "{}\n");
        await real.Muster.CommitAsync(real.Tree);
        Assert.Equal(0, (await real.Muster.RunToolAsync("git", "-C", real.Tree, "worktree", "add", "-q", "-b", "auth", workspace)).ExitCode);
        Directory.CreateSymbolicLink(Path.Combine(workspace, "link"), outside);
        var (pointer, config) = (File.ReadAllText(Path.Combine(workspace, ".git")), File.ReadAllText(Path.Combine(real.Tree, ".git", "config")));
        var task = Builder(run, real.Tree, workspace, [.. tools.Split(", ")], attempt => $$$"""
            Build it. <<FAKE [
              {{{Write($"{workspace}/src/made.txt", "made")}}},
              {{{Write($"{attempt}/contracts/proposed.json", "{}")}}},
              {{{Write($"{workspace}/.git", "evil")}}},
              {{{Write($"{workspace}/.orchestration/contracts/locks.json", "evil")}}},
              {{{Write($"{workspace}/link/evil.txt", "evil")}}},
              {{{Write($"{outside}/evil.txt", "evil")}}},
              {{{Write($"{real.Tree}/src/a.cs", "evil")}}},
              {{{Write($"{real.Tree}/.git/config", "evil")}}},
              {{{Write($"{run}/run.db", "evil")}}},
              {"tool":"Bash","input":{"command":"cd {{{workspace}}} && echo by a command > shell.txt; for f in .git .orchestration/x link/evil.txt {{{outside}}}/evil.txt {{{real.Tree}}}/evil.txt {{{real.Tree}}}/.git/hooks/evil {{{run}}}/run.db; do echo evil > $f; done; mv .orchestration away; mv .git away; git commit -qam evil; true"}},
              {{{Write($"{attempt}/output.md", "# auth\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n")}}},
              {"text":"It is built.\nDone. The module stands."}
            ] FAKE>>
            """);
        using var agent = NewAgent(real, cli, run);

        var reports = await agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var finished = Assert.IsType<AgentReport.Finished>(reports[^1]);
        Assert.True(finished.Failure is null, $"{finished.Failure}\n{Log(task)}");
        Assert.True(File.Exists(Path.Combine(workspace, "src", "made.txt")), Log(task));
        Assert.Equal("made", File.ReadAllText(Path.Combine(workspace, "src", "made.txt")).TrimEnd());
        Assert.Equal(tools.Contains("Bash", StringComparison.Ordinal), File.Exists(Path.Combine(workspace, "shell.txt")));
        Assert.True(File.Exists(Path.Combine(task.Directory, "contracts", "proposed.json")));
        Assert.IsType<Verdict.Verified>(Verifier.Verify(task.Directory, new()));
        Assert.Equal((pointer, "{}\n"), (File.ReadAllText(Path.Combine(workspace, ".git")), File.ReadAllText(Path.Combine(workspace, ".orchestration", "contracts", "locks.json"))));
        Assert.Equal(config, File.ReadAllText(Path.Combine(real.Tree, ".git", "config")));
        Assert.False(File.Exists(Path.Combine(real.Tree, ".git", "hooks", "evil")));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Empty(await real.ChangesAsync());
        Assert.False(File.Exists(Path.Combine(run, "run.db")));
        Assert.Equal("2\n", (await real.Muster.RunToolAsync("git", "-C", workspace, "rev-list", "--count", "--all")).Output);
    }

    /// <summary>An architect has no workspace: the tree is read-only to it, and its contracts lie beside its file.</summary>
    [Theory]
    [InlineData("claude")]
    [InlineData("codex")]
    [InlineData("opencode")]
    [InlineData("gemini")]
    public async Task An_architect_writes_contracts_beside_its_file_and_leaves_the_tree_alone(string cli)
    {
        await using var real = await RealCli.StartAsync(cli);
        var run = Directory.CreateDirectory(Path.Combine(real.Muster.Home, "runs", "r1")).FullName;
        var task = Builder(run, real.Tree, null, ["Read", "Write"], attempt => $$$"""
            Plan it. <<FAKE [
              {"tool":"Read","input":{"file_path":"{{{real.Tree}}}/src/a.cs"}},
              {{{Write($"{attempt}/contracts/modules.json", "{}")}}},
              {{{Write($"{real.Tree}/src/a.cs", "evil")}}},
              {{{Write($"{real.Tree}/evil.txt", "evil")}}},
              {{{Write($"{attempt}/output.md", "# Architecture\\n\\n## Findings\\n\\n- none\\n\\n<!-- DONE -->\\n")}}},
              {"text":"Done. It is planned."}
            ] FAKE>>
            """) with { Role = Role.Architect, Step = "architect/1", TaskId = "architect-1" };
        using var agent = NewAgent(real, cli, run);

        var reports = await agent.RunAsync(task, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var finished = Assert.IsType<AgentReport.Finished>(reports[^1]);
        Assert.True((null, "Done. It is planned.") == (finished.Failure, finished.ReturnLine.Split('\n')[^1]), $"{finished}\n{Log(task)}");
        Assert.Equal("{}", File.ReadAllText(Path.Combine(task.Directory, "contracts", "modules.json")).TrimEnd());
        Assert.IsType<Verdict.Verified>(Verifier.Verify(task.Directory, new()));
        Assert.Empty(await real.ChangesAsync());
    }

    private static CliAgent NewAgent(RealCli real, string cli, string run)
    {
        var settings = new AgentSettings
        {
            Program = RealCli.Program(cli),
            KeyVariable = KeyVariable,
            BaseUrl = cli is "codex" ? new(real.Server.Address, "v1") : real.Server.Address,
        };
        return new(CliDialects.All.Single(d => d.Name == cli), run, new(ImmutableDictionary<string, AgentSettings>.Empty.Add(cli, settings), ModelTable.BuiltIn, new(), null));
    }

    private static AgentTask Builder(string run, string tree, string? workspace, ImmutableArray<string> tools, Func<string, string> prompt)
    {
        var directory = Directory.CreateDirectory(Path.Combine(run, "attempts", "build-auth-1", "1")).FullName;
        File.WriteAllText(Path.Combine(directory, "prompt.md"), prompt(directory));
        return new()
        {
            RunId = "20260101-000000-00000000",
            Step = "build/auth/1",
            TaskId = "build-auth-1",
            Attempt = 1,
            Role = Role.Builder,
            Spec = new() { Id = "build-auth-1", Domain = "build", Name = "auth", Task = "Build it.", Model = "haiku", Tier = Tier.Haiku, Agent = "x", Tools = tools },
            Tier = Tier.Haiku,
            Model = "haiku",
            Root = tree,
            Workspace = workspace,
            Directory = directory,
            Prompt = prompt(directory),
            Timeout = TimeSpan.FromMinutes(3),
        };
    }

    private static string Write(string path, string content) => $$$"""{"tool":"Write","input":{"file_path":"{{{path}}}","content":"{{{content}}}"}}""";

    private static string Log(AgentTask task) => string.Concat(Directory.GetFiles(task.Directory, "std*.log").Select(File.ReadAllText));
}
