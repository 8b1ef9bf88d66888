namespace Muster.Diagnosis;

/// <summary>How a part of this machine stands.</summary>
public enum MachineStanding
{
    /// <summary>There, and it works.</summary>
    Good,

    /// <summary>Not there, and not needed by everybody.</summary>
    Absent,

    /// <summary>There and not working, or something that everybody needs is not there.</summary>
    Weak,
}
