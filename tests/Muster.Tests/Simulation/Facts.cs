using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>What really happened in the simulated world and what its person asked for: the oracle holds the journal against it.</summary>
internal sealed class Facts
{
    /// <summary>What an attempt that ended by itself cost.</summary>
    public Dictionary<(string Step, int Attempt), Usage> Costs { get; } = [];

    /// <summary>How an attempt failed, and how long its provider asked to wait.</summary>
    public Dictionary<(string Step, int Attempt), (FailureClass Class, TimeSpan? Asked)> Failures { get; } = [];

    /// <summary>Steps that may be done again: a person asked for it, or their file was changed.</summary>
    public HashSet<string> MayBeReset { get; } = [];

    /// <summary>Steps whose published file somebody changed and nobody has read since.</summary>
    public HashSet<string> Tampered { get; } = [];

    /// <summary>Attempts of which the world said that it cannot tell what became of them, and has not told since.</summary>
    public HashSet<(string Step, int Attempt)> Undecided { get; } = [];

    /// <summary>Those about which a person decided, and whether their steps are left out.</summary>
    public Dictionary<(string Step, int Attempt), bool> Decided { get; } = [];

    /// <summary>Whether a person lets the run go on.</summary>
    public bool PersonContinues { get; set; }
}
