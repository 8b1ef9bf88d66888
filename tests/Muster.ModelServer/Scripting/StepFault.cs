using System.Collections.Immutable;

namespace Muster.Loopback.Scripting;

/// <summary>A way in which one try of a call goes wrong.</summary>
public sealed record StepFault
{
    /// <summary>No fault.</summary>
    public static readonly StepFault None = new();

    /// <summary>HTTP status of a refusal; 0 for a fault of the stream.</summary>
    public int Status { get; init; }

    /// <summary>Headers of the refusal, <c>retry-after</c> among them.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The error's type; null for the one that goes with the status.</summary>
    public string? Type { get; init; }

    /// <summary>The error's code, where the dialect has one.</summary>
    public string? Code { get; init; }

    /// <summary>The error's message; null for one that goes with the status.</summary>
    public string? Message { get; init; }

    /// <summary>What happens to the response when the status is 0.</summary>
    public StreamFault Stream { get; init; }

    /// <summary>How long a <see cref="StreamFault.Silent"/> stream says nothing before it goes on.</summary>
    public TimeSpan Silence { get; init; }
}
