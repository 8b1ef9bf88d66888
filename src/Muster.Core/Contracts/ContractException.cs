using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>Something that cannot be done with contracts.</summary>
public sealed class ContractException : MusterException
{
    private ContractException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static ContractException NotSound(ImmutableArray<ContractProblem> problems) => new(
        string.Join('\n', problems), "Mend them and run 'muster contracts check'.");

    internal static ContractException NotWritten(string path, string why) => new(
        $"The contract {path} cannot be written: {why}.", "Put a directory in its place.");

    internal static ContractException NoLock(string id) => new(
        $"There is no contract '{ContractProblems.Shown(id)}'.", "Name a contract by its path below the contracts, such as interfaces/auth.interface.md; 'muster contracts check --json' lists them.");

    internal static ContractException NewLock(string id) => new(
        $"'{ContractProblems.Shown(id)}' has no lock yet, and a new one needs more than a level.", "Say with '--assertion' what holds, and with '--affects' for which modules.");

    internal static ContractException NoModule(string name) => new(
        $"'{ContractProblems.Shown(name)}' is no module of the contracts.", "Name modules of modules.json, or * for all.");

    internal static ContractException LocksDamaged(IEnumerable<ContractProblem> problems) => new(
        string.Join('\n', problems.Where(p => p.File == ContractSet.LocksFile)), "Mend locks.json, or take back the change that damaged it: nobody knows what is locked.");
}
