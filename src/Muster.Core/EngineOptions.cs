using Muster.Agents;
using Muster.Dispatch;
using Muster.Runs;

namespace Muster;

/// <summary>How an engine works.</summary>
public sealed record EngineOptions
{
    /// <summary>Time.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How attempts are carried out.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>Makes the agents of a run that this one starts beneath it, by that run's directory and its script; null where none is started.</summary>
    public Func<string, string?, IReadOnlyDictionary<string, IAgent>>? AgentsBeneath { get; init; }

    /// <summary>Told of entries once they are durable, on the loop's thread; null when nobody listens.</summary>
    public Action<RunState, IReadOnlyList<RunEntry>>? Committed { get; init; }

    /// <summary>Told what a person should know at once; null when nobody listens.</summary>
    public Action<string>? Notice { get; init; }
}
