using System.Collections.Immutable;
using Muster.Agents.Batches;
using Muster.Agents.Chat;
using Muster.Agents.Cli;
using Muster.Agents.Command;
using Muster.Agents.Inspect;
using Muster.Agents.Inspect.Checks;
using Muster.Agents.Inspect.Rules;
using Muster.Agents.Scripted;
using Muster.Settings;

namespace Muster.Agents;

/// <summary>The agents that this program brings along.</summary>
public static class BuiltInAgents
{
    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["inspect", "scripted", "command", .. ChatAgent.Names, .. CliDialects.All.Select(cli => cli.Name)];

    /// <summary>The checks that the agent <c>inspect</c> has.</summary>
    public static ImmutableArray<ICheck> Checks { get; } = [.. RulePack.BuiltIn(), .. StructuredChecks.All];

    /// <summary>The agents of one run, by name. Those that are disposable are the caller's to dispose.</summary>
    /// <param name="runDirectory">Absolute path of the run's directory.</param>
    /// <param name="script">Path of the scripted agent's script; null: every task succeeds.</param>
    /// <param name="settings">What the user set for agents and models.</param>
    /// <param name="time">Time.</param>
    public static IReadOnlyDictionary<string, IAgent> Create(string runDirectory, string? script, UserSettings settings, TimeProvider time)
    {
        var trees = new SourceTrees();
        return new IAgent[]
        {
            new InspectAgent(Checks, time, trees),
            new ScriptedAgent(script is null ? Script.Empty : ScriptFile.Load(script), time),
            new CommandAgent(runDirectory),
            new BatchAgent(runDirectory, settings.For("anthropic"), settings.Models, trees, Environment.GetEnvironmentVariable, new(), time),
        }
            .Concat(CliDialects.All.Select(cli => new CliAgent(cli, runDirectory, settings)))
            .Concat(ChatAgent.Names.Select(name => ChatAgent.Create(
                name, runDirectory, settings.For(name), settings.Models, trees, Environment.GetEnvironmentVariable, new() { MayRunBare = settings.For(name).MayRunBare }, time)))
            .ToDictionary(agent => agent.Name, StringComparer.Ordinal);
    }
}
