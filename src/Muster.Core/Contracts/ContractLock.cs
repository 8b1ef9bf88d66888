using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>What holds for one contract, and who may change it.</summary>
/// <param name="Id">Path of the contract relative to the directory: <c>decisions/003-token-format.md</c>.</param>
/// <param name="LockedBy">human, master, architect or a module's name.</param>
/// <param name="Level">Who may change it.</param>
/// <param name="Affects">Names of the modules that must keep to it; <c>*</c> for all.</param>
/// <param name="Assertion">What they must do, a sentence or two.</param>
/// <param name="LockedAt">When it got this level.</param>
public sealed record ContractLock(string Id, string LockedBy, LockLevel Level, ImmutableArray<string> Affects, string Assertion, DateTimeOffset LockedAt)
{
    /// <summary>Whether a module must keep to it.</summary>
    public bool Binds(string module) => Level is not LockLevel.Unlocked && (Affects.Contains(module) || Affects.Contains("*"));

    /// <summary>Whether somebody may change the contract, or this lock.</summary>
    public bool Allows(LockActor actor) => Level switch
    {
        LockLevel.Unlocked => true,
        LockLevel.Locked => actor.StandsAbove || actor.Name == LockedBy,
        _ => actor.StandsAbove,
    };

    /// <summary>Whether another says just the same.</summary>
    public bool IsSameAs(ContractLock other) => this with { Affects = [] } == other with { Affects = [] } && Affects.SequenceEqual(other.Affects);
}
