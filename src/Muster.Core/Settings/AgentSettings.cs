using System.Collections.Immutable;

namespace Muster.Settings;

/// <summary>What a person set for one agent, over what is usual for it.</summary>
public sealed record AgentSettings
{
    /// <summary>The program to start: a path, or a name that is looked up on PATH. Null for an agent that is no program.</summary>
    public string? Program { get; init; }

    /// <summary>Where its interface is; null: the provider's own.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The environment variable that its key is in; null for an agent that is not known to need one.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Models by tier, where the person named one.</summary>
    public ImmutableDictionary<string, string> Models { get; init; } = [];
}
