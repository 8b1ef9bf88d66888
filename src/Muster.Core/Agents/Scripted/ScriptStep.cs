using Muster.Runs;

namespace Muster.Agents.Scripted;

/// <summary>What a scripted agent does in one attempt.</summary>
public sealed record ScriptStep
{
    /// <summary>Succeeds at once with a well-formed file.</summary>
    public static ScriptStep Default { get; } = new();

    /// <summary>How long it takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How often it reports progress meanwhile; <see cref="TimeSpan.Zero"/> means never.</summary>
    public TimeSpan Progress { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What it does wrong.</summary>
    public ScriptFault Fault { get; init; }

    /// <summary>The file's whole text; null means a well-formed one is made.</summary>
    public string? Output { get; init; }

    /// <summary>What it changes beside that.</summary>
    public ScriptedChanges Changes { get; init; } = ScriptedChanges.None;

    /// <summary>What it returns; null means "Done." and a sentence.</summary>
    public string? Return { get; init; }

    /// <summary>Exit code that is told as a warning when not 0.</summary>
    public int Exit { get; init; }

    /// <summary>What it consumes; null cost means that it does not tell.</summary>
    public Usage Usage { get; init; } = Usage.None;

    /// <summary>Calls of tools that it tells; null means that it cannot tell.</summary>
    public int? ToolCalls { get; init; }

    /// <summary>How long the provider asks to wait, with <c>transient</c> and <c>quota</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
