namespace Muster.Runs;

/// <summary>One step, as far as the journal has been read. Held in an array that <see cref="RunState"/> alone changes.</summary>
/// <remarks>
/// There may be a million: the order of its parts leaves no holes between them, and what few steps have at a time stands in
/// <see cref="RunState"/>'s tables, not here.
/// </remarks>
public record struct StepState
{
    /// <summary>Where it stands.</summary>
    public StepStatus Status { get; internal set; }

    /// <summary>Whether it had an attempt, or a result that stands, under the plan as it is now.</summary>
    public bool WasLaunched { get; internal set; }

    /// <summary>Times that an agent failure used up a try.</summary>
    public byte AgentFailures { get; internal set; }

    /// <summary>Attempts that were lost with an engine or machine.</summary>
    public byte Lost { get; internal set; }

    /// <summary>Times that its published file was not what had been sealed, since a person last asked for it.</summary>
    public byte Distrusts { get; internal set; }

    /// <summary>Whether the published file has findings or notes, so that a report must read it.</summary>
    public bool HasBullets { get; internal set; }

    /// <summary>Transient failures since the last other outcome.</summary>
    public ushort TransientFailures { get; internal set; }

    /// <summary>Number of the latest attempt; 0 before the first.</summary>
    public int Attempt { get; internal set; }

    /// <summary>Number of the attempt whose artefact is published; 0 when none is.</summary>
    public int VerifiedAttempt { get; internal set; }

    /// <summary>Steps that must be final (a coordinator's) or verified (a dependency) before this one starts.</summary>
    public int WaitsFor { get; internal set; }

    /// <summary>About how many tokens the published artefact has.</summary>
    public int Tokens { get; internal set; }

    /// <summary>Length of the published artefact.</summary>
    public int Length { get; internal set; }

    /// <summary>How long the verified attempt took from its start to its end, in seconds; 0 when none is verified.</summary>
    public float Seconds { get; internal set; }

    /// <summary>SHA-256 of the published artefact.</summary>
    public Hash256 Sha256 { get; internal set; }

    /// <summary>Whether nothing more will happen to it by itself.</summary>
    public readonly bool IsFinal => Status is StepStatus.Verified or StepStatus.Failed or StepStatus.Skipped;
}
