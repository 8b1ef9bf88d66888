namespace Muster.Artefacts;

/// <summary>What a file is held to.</summary>
public sealed record VerifyRules
{
    /// <summary>Largest length in bytes.</summary>
    public long MaxBytes { get; init; } = 4 << 20;
}
