using Muster.Artefacts;

namespace Muster.Cli;

/// <summary>How a command drives a run and shows what came of it. Files that are named are looked at when it is made, before anything runs.</summary>
internal sealed record DriveOptions
{
    public bool Json { get; private init; }

    public string? Sarif { get; private init; }

    public Severity? FailOn { get; private init; }

    public Baseline? Baseline { get; private init; }

    public string? WriteBaseline { get; private init; }

    /// <summary>Bytes of memory that are kept for each process before it starts; null: the usual.</summary>
    public long? ProcessMemory { get; private init; }

    /// <exception cref="MusterException">A file that is named cannot be read or written.</exception>
    public static DriveOptions Create(bool json, string? sarif = null, Severity? failOn = null, string? baseline = null, string? writeBaseline = null, long? processMemory = null)
    {
        OutputFile.Check("--sarif", sarif);
        OutputFile.Check("--write-baseline", writeBaseline);
        return new()
        {
            Json = json,
            Sarif = sarif,
            FailOn = failOn,
            Baseline = baseline is null ? null : Baseline.Load(baseline),
            WriteBaseline = writeBaseline,
            ProcessMemory = processMemory,
        };
    }
}
