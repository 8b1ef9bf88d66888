namespace Muster.Agents.Batches;

/// <summary>One line of <c>batches.jsonl</c>.</summary>
internal sealed record BatchLogEntry
{
    /// <summary>meant, made or none.</summary>
    public required string Kind { get; init; }

    /// <summary>The batch's number within the run.</summary>
    public required int Number { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>meant: the account.</summary>
    public string? Account { get; init; }

    /// <summary>meant: the custom ids of its requests.</summary>
    public string[]? Keys { get; init; }

    /// <summary>made: the provider's name for it.</summary>
    public string? Id { get; init; }

    /// <summary>none: why it is known that there is no such batch.</summary>
    public string? Reason { get; init; }
}
