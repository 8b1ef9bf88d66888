using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>One contract that is not what it was.</summary>
/// <param name="Path">The contract.</param>
/// <param name="Before">As it was; null: it is new.</param>
/// <param name="After">As it is; null: it is gone.</param>
/// <param name="Affects">Names of the modules whose builders have to know, in the order of modules.json.</param>
public sealed record ContractChange(string Path, ContractStamp? Before, ContractStamp? After, ImmutableArray<string> Affects)
{
    /// <summary>Whether its version says that it changed; a contract that is new or gone has none to compare.</summary>
    public bool IsBumped => Before is null || After is null || After.Version > Before.Version;

    /// <summary>What changed from one set of contracts to another, by path.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="after">As it is; it must have no problems.</param>
    /// <remarks>
    /// An interface affects its module and those that depend on it directly; a decision what its <c>Affects:</c> names; a lock what it binds;
    /// modules.json the modules whose entry is another; architecture and shared types affect all.
    /// </remarks>
    public static ImmutableArray<ContractChange> Between(ContractSet before, ContractSet after)
    {
        var blueprint = after.RequireBlueprint();
        return
        [
            .. before.Contracts.Concat(after.Contracts).Select(c => c.Path).Distinct().Order(StringComparer.Ordinal)
                .Select(path => (Path: path, Before: before.Find(path)?.Stamp, After: after.Find(path)?.Stamp))
                .Where(c => c.Before?.Sha256 != c.After?.Sha256)
                .Select(c => new ContractChange(c.Path, c.Before, c.After, [.. blueprint.Modules.Where(m => Concerns(c.Path, m, before, after)).Select(m => m.Name)])),
        ];
    }

    private static bool Concerns(string path, Module module, ContractSet before, ContractSet after) => path switch
    {
        ContractSet.Architecture or ContractSet.SharedTypes => true,
        ContractSet.Modules => before.Blueprint?.Find(module.Name) is not { } old || !IsSame(old, module),
        ContractSet.LocksFile => !before.Locks.AssertionsFor(module.Name).Select(l => (l.Id, l.Assertion)).SequenceEqual(after.Locks.AssertionsFor(module.Name).Select(l => (l.Id, l.Assertion))),
        _ when path.StartsWith("decisions/", StringComparison.Ordinal) =>
            before.Decisions.Concat(after.Decisions).Any(d => d.Path == path && d.Affects.Contains(module.Name)),
        _ => path == module.Interface || module.DependsOn.Any(d => path == $"interfaces/{d}.interface.md"),
    };

    private static bool IsSame(Module a, Module b) =>
        (a.Description, a.BuilderModel, a.EstimatedComplexity) == (b.Description, b.BuilderModel, b.EstimatedComplexity)
        && a.DependsOn.SequenceEqual(b.DependsOn) && a.TestCommand.SequenceEqual(b.TestCommand) && a.Paths.SequenceEqual(b.Paths);
}
