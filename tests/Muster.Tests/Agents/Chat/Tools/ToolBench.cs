using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Muster.Agents;
using Muster.Agents.Chat;
using Muster.Agents.Chat.Tools;
using Muster.Agents.Inspect;
using Muster.Runs;

namespace Muster.Tests.Agents.Chat.Tools;

/// <summary>A tree, an attempt, and its tools, called as a model calls them.</summary>
internal sealed class ToolBench : IDisposable
{
    private readonly TempDirectory home = new();

    public ToolBench()
    {
        Task = TaskOf(["Read", "Grep", "Glob", "Edit", "Bash"], []);
        Directory.CreateDirectory(Task.Root);
        Directory.CreateDirectory(Task.Directory);
    }

    public AgentTask Task { get; set; }

    public ChatAgentOptions Options { get; set; } = new();

    public string Root => Path.Combine(home.Path, "tree");

    public string Run => Path.Combine(home.Path, "run");

    /// <summary>The task becomes a builder's, in a worktree of a repository of its own; the tree has no git.</summary>
    public async Task<string> AsBuilderAsync(params ImmutableArray<string> tools)
    {
        var workspace = Path.Combine(Run, "builds", "module-auth");
        File("repository/src/a.py", "theirs\n");
        File("repository/.orchestration/contracts/locks.json", "{}\n");
        foreach (var arguments in (string[][])[["init", "-q"], ["add", "."], ["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "Begin"], ["worktree", "add", "-q", "-b", "auth", workspace]])
        {
            using var git = System.Diagnostics.Process.Start("git", ["-C", Path.Combine(home.Path, "repository"), .. arguments]);
            await git.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, git.ExitCode);
        }

        Task = TaskOf(tools, ["src/**"]) with { Step = "build/auth/1", Role = Role.Builder, Workspace = workspace };
        return workspace;
    }

    public string Repository => Path.Combine(home.Path, "repository");

    public string File(string relative, string content) => home.File(relative, content);

    public AgentTask TaskOf(ImmutableArray<string> tools, ImmutableArray<string> scope) => new()
    {
        RunId = "20260101-000000-00000000",
        Step = "worker/t1",
        TaskId = "t1",
        Attempt = 1,
        Role = Role.Worker,
        Spec = new() { Id = "t1", Domain = "d", Name = "Try it", Task = "Do it.", Model = "haiku", Tier = Tier.Haiku, Agent = "anthropic", Tools = tools, Scope = scope },
        Tier = Tier.Haiku,
        Model = "haiku",
        Root = Root,
        Directory = Path.Combine(Run, "attempts", "t1", "1"),
        Prompt = "Do it.",
        Timeout = TimeSpan.FromMinutes(1),
    };

    public ToolBox Box() => ToolBox.Of(Task, Run, new SourceTrees(), Options, TimeProvider.System);

    /// <summary>Calls a tool; arguments are an anonymous object.</summary>
    public async Task<(string Text, bool IsError)> CallAsync(string tool, object arguments)
    {
        var json = JsonSerializer.SerializeToElement(arguments);
        var call = new FunctionCallContent("c1", tool, json.EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value.Clone()));
        var result = (FunctionResultContent)Assert.Single(await Box().RunAsync([call], TestContext.Current.CancellationToken));
        return (ToolResult.Text(result), ToolResult.IsError(result));
    }

    public async Task<string> OkAsync(string tool, object arguments)
    {
        var (text, isError) = await CallAsync(tool, arguments);
        Assert.False(isError, text);
        return text;
    }

    public async Task<string> RefusedAsync(string tool, object arguments)
    {
        var (text, isError) = await CallAsync(tool, arguments);
        Assert.True(isError, text);
        return text;
    }

    public static void MakePipe(string path) => System.Diagnostics.Process.Start("mkfifo", [path]).WaitForExit();

    public void Dispose() => home.Dispose();
}
