namespace Muster.Runs;

/// <summary>Where a gate stands.</summary>
public enum GateStanding : byte
{
    /// <summary>A person has not decided.</summary>
    Open,

    /// <summary>They said yes to what is there.</summary>
    Approved,

    /// <summary>They said no, and why.</summary>
    Rejected,
}
