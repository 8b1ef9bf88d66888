namespace Muster.Contracts;

/// <summary>Who may change what a lock holds; the specification's trust table.</summary>
public enum LockLevel
{
    /// <summary>Anybody.</summary>
    Unlocked,

    /// <summary>Whoever locked it, the master and a person.</summary>
    Locked,

    /// <summary>The master and a person.</summary>
    Critical,
}
