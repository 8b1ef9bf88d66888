namespace Muster.Runs;

/// <summary>Why a run stopped launching.</summary>
public enum PauseKind : byte
{
    /// <summary>A limit of the plan was reached.</summary>
    Cap,

    /// <summary>The provider's quota or credit is used up.</summary>
    Quota,

    /// <summary>The machine cannot go on: no disk, no process, a directory lost.</summary>
    Machine,

    /// <summary>Too many steps failed: a person should look first.</summary>
    FailureRate,

    /// <summary>The engine was started again and again without getting anywhere.</summary>
    Poison,

    /// <summary>Gates are open, and nothing else is left to do.</summary>
    Gate,

    /// <summary>What became of attempts that may have been paid for cannot be found out: a person decides about their steps.</summary>
    Decision,
}
