using System.Collections.Immutable;

namespace Muster.Loopback;

/// <summary>One answer, before a dialect puts it into its words.</summary>
/// <param name="Model">As the request named it.</param>
/// <param name="Thinking">Null: none.</param>
/// <param name="Text">May be empty beside calls.</param>
/// <param name="Calls">Made at once.</param>
/// <param name="Stop">In Anthropic's words.</param>
/// <param name="Usage">What it took.</param>
internal sealed record Reply(string Model, string? Thinking, string Text, ImmutableArray<ToolCall> Calls, string Stop, TokenUse Usage)
{
    /// <summary>Differs between all replies of all servers.</summary>
    public string Id { get; } = Random.Shared.NextInt64().ToString("x16");

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>The request asked for counts at the end of its stream.</summary>
    public bool TellsUsage { get; init; } = true;

    /// <summary>Standard, or batch.</summary>
    public string Tier { get; init; } = "standard";
}
