namespace Muster.Runs;

/// <summary>What the core must know of one step; a million of them are held.</summary>
/// <param name="Id">The task's id, or the synthesis' (<c>security-2</c>).</param>
/// <param name="Role">What its agent is asked to be.</param>
/// <param name="Tier">Decides its capacity units.</param>
/// <param name="Domain">Index into the table's domains.</param>
/// <param name="Agent">Index into the table's agents.</param>
/// <param name="Model">Index into the table's models.</param>
/// <param name="Fingerprint">SHA-256 of what the step is asked to do, its inputs' content left out.</param>
/// <param name="EstimateSeconds">How long it is expected to take; 0 means unknown.</param>
/// <param name="FirstChild">Coordinators: index of the first of the steps whose files it reads; they are consecutive.</param>
/// <param name="ChildCount">Coordinators: how many; 1 to 8. Workers: 0.</param>
/// <param name="Parent">Index of the coordinator that reads this step's file; -1 when the parent's summary does.</param>
/// <param name="After">Workers: indices of the steps that must be verified first; null means none.</param>
public readonly record struct StepRow(
    string Id, Role Role, Tier Tier, ushort Domain, byte Agent, byte Model, Hash256 Fingerprint, float EstimateSeconds,
    int FirstChild, byte ChildCount, int Parent, int[]? After)
{
    /// <summary>The step's stable key in the journal. A build's steps have theirs as their id.</summary>
    public string Key => Role switch { Role.Worker => "worker/" + Id, Role.Coordinator => "synthesis/" + Id, _ => Id };

    /// <summary>Capacity units: haiku 2, sonnet 3, opus 6, so that 24 make the specification's waves of 12, 8 and 4.</summary>
    public int Units => Tier switch { Tier.Haiku => 2, Tier.Sonnet => 3, _ => 6 };
}
