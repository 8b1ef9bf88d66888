namespace Muster.Artefacts;

/// <summary>Whether a finding counts; a higher value wins when several workers report the same one.</summary>
public enum FindingStanding : byte
{
    /// <summary>Its evidence does not exist: shown apart, never counted.</summary>
    Ungrounded,

    /// <summary>A comment in the source keeps it out.</summary>
    Suppressed,

    /// <summary>The baseline keeps it out.</summary>
    Baselined,

    /// <summary>It counts.</summary>
    Counted,
}
