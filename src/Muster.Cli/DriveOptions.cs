using Muster.Artefacts;

namespace Muster.Cli;

/// <summary>How a command drives a run and shows what came of it.</summary>
internal sealed record DriveOptions
{
    public bool Json { get; init; }

    public string? Sarif { get; init; }

    public Severity? FailOn { get; init; }

    public string? Baseline { get; init; }

    public string? WriteBaseline { get; init; }

    /// <summary>Bytes of memory that are kept for each process before it starts; null: the usual.</summary>
    public long? ProcessMemory { get; init; }
}
