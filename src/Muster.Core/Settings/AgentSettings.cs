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

    /// <summary>Whether a CLI uses the login and configuration directory of the person instead of a key.</summary>
    public bool UsesOwnLogin { get; init; }

    /// <summary>Whether its commands may run without a sandbox on a machine that has none.</summary>
    public bool MayRunBare { get; init; }

    /// <summary>Models by tier, where the person named one.</summary>
    public ImmutableDictionary<string, string> Models { get; init; } = [];
}
