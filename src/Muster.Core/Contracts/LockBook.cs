using System.Collections.Immutable;

namespace Muster.Contracts;

/// <summary>All locks and the trail of their changes: locks.json.</summary>
/// <param name="Locks">Each contract at most once.</param>
/// <param name="Audit">Oldest first.</param>
public sealed record LockBook(ImmutableArray<ContractLock> Locks, ImmutableArray<LockChange> Audit)
{
    /// <summary>No lock.</summary>
    public static LockBook Empty { get; } = new([], []);

    /// <summary>The lock of a contract; null where it has none.</summary>
    public ContractLock? Find(string id) => Locks.FirstOrDefault(l => l.Id == id);

    /// <summary>The locks that a module must keep to, critical ones first.</summary>
    public IReadOnlyList<ContractLock> AssertionsFor(string moduleName) =>
        [.. Locks.Where(l => l.Binds(moduleName)).OrderByDescending(l => l.Level).ThenBy(l => l.Id, StringComparer.Ordinal)];

    /// <summary>The book with one lock set and the trail one entry longer. Rights are for <see cref="LockRules"/> to judge.</summary>
    /// <param name="set">The lock as it is to be; <see cref="ContractLock.LockedBy"/> and <see cref="ContractLock.LockedAt"/> go into the trail too.</param>
    /// <param name="because">Why.</param>
    public LockBook With(ContractLock set, string because)
    {
        var old = Find(set.Id);
        return new(
            old is null ? Locks.Add(set) : Locks.Replace(old, set),
            Audit.Add(new(set.LockedAt, set.LockedBy, set.Id, old?.Level, set.Level, because)));
    }

    /// <summary>Writes locks.json into a directory of contracts.</summary>
    /// <param name="directory">Absolute path of the contracts.</param>
    /// <exception cref="ContractException">The directory is a link.</exception>
    public void WriteTo(string directory) => new ContractDirectory(directory).Write(ContractSet.LocksFile, System.Text.Encoding.UTF8.GetBytes(ToJson()));

    /// <summary>The file's text.</summary>
    public string ToJson() => LockText.Write(this);
}
