using System.Collections.Immutable;
using Muster.Models;
using Muster.Runs;

namespace Muster.Settings;

/// <summary>What a person set for this machine, in their own configuration directory. Never changes.</summary>
public sealed class UserSettings
{
    private readonly ImmutableDictionary<string, AgentSettings> agents;

    internal UserSettings(ImmutableDictionary<string, AgentSettings> agents, ModelTable models, RunLimits limits, int? capacity) =>
        (this.agents, Models, Limits, Capacity) = (agents, models, limits, capacity);

    /// <summary>Nothing is set: what is usual.</summary>
    public static UserSettings Default { get; } = new([], ModelTable.BuiltIn, new(), null);

    /// <summary>The models, with the person's own tiers and prices.</summary>
    public ModelTable Models { get; }

    /// <summary>What a run may spend where neither its plan nor its command line says.</summary>
    public RunLimits Limits { get; }

    /// <summary>Capacity units where the plan names none; null: the usual.</summary>
    public int? Capacity { get; }

    /// <summary>What is set for an agent, or usual for it; for one that nobody knows of, nothing.</summary>
    public AgentSettings For(string agentName)
    {
        var set = agents.GetValueOrDefault(agentName) ?? new();
        var known = ModelCatalog.BuiltIn.Agents.GetValueOrDefault(agentName);
        return set with { Program = set.Program ?? known?.Program, KeyVariable = set.KeyVariable ?? known?.KeyVariable };
    }
}
