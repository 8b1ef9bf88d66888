using System.Collections.Immutable;
using Muster.Agents;
using Muster.Agents.Cli;
using Muster.Models;
using Muster.Plans;
using Muster.Runs;
using Muster.Settings;

namespace Muster.Tests.Agents.Cli;

/// <summary>A run whose claude is a shell script: what the real one does seldom, at will. The real ones are in tests/Muster.EndToEnd.</summary>
internal sealed class StandIn : IDisposable
{
    public const string KeyVariable = "MUSTER_TEST_KEY", Key = "canary-key-of-the-agent", Canary = "canary-of-somebody-else";

    /// <summary>Makes a good file where the rule allows it, and ends as claude does.</summary>
    public const string WellDone = """
        printf '# t\n\n## Findings\n\n- none\n\n<!-- DONE -->\n' > "$out"
        echo '{"type":"result","subtype":"success","is_error":false,"result":"Done. It is there.","session_id":"s-1","total_cost_usd":0.01,"modelUsage":{"m":{"inputTokens":100,"outputTokens":10,"costBasis":"list"}}}'
        """;

    private readonly List<CliAgent> agents = [];

    static StandIn()
    {
        Environment.SetEnvironmentVariable(KeyVariable, Key);
        Environment.SetEnvironmentVariable("MUSTER_TEST_SECRET", Canary);
    }

    public StandIn(string script, string version = "2.1.330", AgentSettings? settings = null)
    {
        Directory.CreateDirectory(Run);
        Directory.CreateDirectory(Root);
        Home.File("bin/package.json", $$"""{ "name": "@anthropic-ai/claude-code", "version": "{{version}}" }""");
        Program = Home.File("bin/claude", $$"""
            #!/bin/sh
            out=$(printf '%s\n' "$@" | sed -n 's/^Edit(\/\(.*\))$/\1/p' | head -n 1)
            resumes=$(printf '%s\n' "$@" | sed -n '/^--resume$/{n;p}')
            {{script}}
            """);
        File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Settings = settings ?? new() { Program = Program, KeyVariable = KeyVariable };
    }

    public TempDirectory Home { get; } = new();

    public string Run => Path.Combine(Home.Path, "run");

    public string Root => Path.Combine(Home.Path, "tree");

    public string Program { get; }

    public AgentSettings Settings { get; set; }

    public CliAgent NewAgent(string name = "claude", string? runDirectory = null)
    {
        var agent = new CliAgent(
            CliDialects.All.Single(d => d.Name == name), runDirectory ?? Run, new(ImmutableDictionary<string, AgentSettings>.Empty.Add(name, Settings), ModelTable.BuiltIn, new(), null));
        agents.Add(agent);
        return agent;
    }

    public AgentTask Task(string id = "t1", params ImmutableArray<string> tools)
    {
        var directory = Directory.CreateDirectory(Path.Combine(Run, "attempts", id, "1")).FullName;
        File.WriteAllText(Path.Combine(directory, "prompt.md"), "Do it.");
        return new()
        {
            RunId = "20260101-000000-00000000",
            Step = $"worker/{id}",
            TaskId = id,
            Attempt = 1,
            Role = Role.Worker,
            Tier = Tier.Haiku,
            Model = "haiku",
            Root = Root,
            Directory = directory,
            Prompt = "Do it.",
            Timeout = TimeSpan.FromMinutes(1),
            Spec = new TaskSpec { Id = id, Domain = "d", Name = id, Task = "t", Model = "haiku", Tier = Tier.Haiku, Agent = "claude", Tools = tools.IsDefaultOrEmpty ? ["Read"] : tools },
        };
    }

    public void Dispose()
    {
        agents.ForEach(agent => agent.Dispose());
        Home.Dispose();
    }
}
