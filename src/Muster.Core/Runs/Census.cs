namespace Muster.Runs;

/// <summary>The honest count of workers: every planned one is in exactly one of the last three or still open.</summary>
/// <param name="Planned">Workers in the plan.</param>
/// <param name="Launched">Workers with at least one attempt.</param>
/// <param name="Verified">Workers whose artefact is sealed.</param>
/// <param name="Failed">Workers whose last attempt failed for good.</param>
/// <param name="Skipped">Workers that never ran and will not.</param>
public readonly record struct Census(int Planned, int Launched, int Verified, int Failed, int Skipped)
{
    /// <summary>Workers that are not final yet.</summary>
    public int Open => Planned - Verified - Failed - Skipped;

    /// <summary>The five figures in the words that reports use.</summary>
    public override string ToString() =>
        $"{Planned:N0} planned, {Launched:N0} launched, {Verified:N0} verified, {Failed:N0} failed, {Skipped:N0} skipped";
}
