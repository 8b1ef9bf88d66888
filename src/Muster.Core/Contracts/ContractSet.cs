using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Muster.Contracts;

/// <summary>A directory of contracts, read once: everything in it, and everything that is wrong with it.</summary>
public sealed class ContractSet
{
    /// <summary>The description of the whole; there must be one.</summary>
    public const string Architecture = "architecture.md";

    /// <summary>The modules and their orders; there must be one.</summary>
    public const string Modules = "modules.json";

    /// <summary>Types that several modules use. It may be missing: then they share none.</summary>
    public const string SharedTypes = "interfaces/shared-types.md";

    /// <summary>Who may change which contract. It may be missing: then everybody who may change contracts may change all of them.</summary>
    public const string LocksFile = "locks.json";

    internal ContractSet(
        ImmutableArray<ContractProblem> problems, Blueprint? blueprint, ImmutableArray<Contract> contracts, ImmutableArray<DecisionRecord> decisions, LockBook? locks)
    {
        Problems = problems;
        Blueprint = blueprint;
        Contracts = contracts;
        Decisions = decisions;
        Locks = locks ?? LockBook.Empty;
        AreLocksReadable = locks is not null;
    }

    /// <summary>All that is wrong, by file, line and column; empty for contracts that may be used.</summary>
    public ImmutableArray<ContractProblem> Problems { get; }

    /// <summary>What is to be built; null when anything is wrong.</summary>
    public Blueprint? Blueprint { get; }

    /// <summary>The files that could be read, by path.</summary>
    public ImmutableArray<Contract> Contracts { get; }

    /// <summary>The decisions that could be read, by number.</summary>
    public ImmutableArray<DecisionRecord> Decisions { get; }

    /// <summary>The locks; empty where there are none, or where they cannot be read.</summary>
    public LockBook Locks { get; }

    /// <summary>Number of the next decision.</summary>
    public int NextDecision => Decisions.Select(d => d.Number).DefaultIfEmpty(0).Max() + 1;

    /// <summary>False for locks that are damaged, which is not the same as having none.</summary>
    internal bool AreLocksReadable { get; }

    /// <summary>Reads and checks a directory. Nothing in it is trusted: no link is followed, nothing special is opened, sizes are bounded.</summary>
    /// <param name="directory">Absolute path; trusted.</param>
    /// <returns>What was found; it never throws for what lies there.</returns>
    public static ContractSet Read(string directory) => new ContractReader(directory).Read();

    /// <summary>The contract of a path; null where there is none.</summary>
    public Contract? Find(string path) => Contracts.FirstOrDefault(c => c.Path == path);

    /// <summary>The blueprint, which must be there.</summary>
    /// <exception cref="ContractException">Something is wrong with these contracts; it says all that is.</exception>
    public Blueprint RequireBlueprint() => Blueprint ?? throw ContractException.NotSound(Problems);

    /// <summary>Makes a directory hold just these contracts. Doing it twice gives the same.</summary>
    /// <param name="directory">Absolute path; made where it is missing.</param>
    /// <exception cref="ContractException">Something is wrong with these contracts, or a directory there is a link.</exception>
    public void WriteTo(string directory)
    {
        RequireBlueprint();
        new ContractDirectory(directory).Hold(Contracts);
    }

    /// <summary>Makes sure that <see cref="Locks"/> are all that there are.</summary>
    /// <exception cref="ContractException">locks.json is damaged.</exception>
    public void RequireLocks()
    {
        if (!AreLocksReadable)
        {
            throw ContractException.LocksDamaged(Problems);
        }
    }

    /// <summary>The locks with one set by somebody who may; whoever sets a level is who locked it.</summary>
    /// <param name="id">Path of the contract.</param>
    /// <param name="level">Its new level.</param>
    /// <param name="actor">Who sets it.</param>
    /// <param name="at">When.</param>
    /// <param name="because">Why.</param>
    /// <param name="assertion">What holds; null: as it was.</param>
    /// <param name="affects">Names of modules, or <c>*</c>; empty: as it was.</param>
    /// <exception cref="ContractException">There is no such contract or module, the lock is new and lacks something, or the locks are damaged.</exception>
    public LockBook WithLock(
        string id, LockLevel level, LockActor actor, DateTimeOffset at, string because, string? assertion, ImmutableArray<string> affects)
    {
        RequireLocks();
        if (id == LocksFile || Find(id) is null)
        {
            throw ContractException.NoLock(id);
        }

        if (affects.FirstOrDefault(a => a != "*" && Blueprint?.Find(a) is null) is { } unknown)
        {
            throw ContractException.NoModule(unknown);
        }

        var old = Locks.Find(id);
        if (old is null && (assertion is null || affects.IsEmpty))
        {
            throw ContractException.NewLock(id);
        }

        return Locks.With(new(id, actor.Name, level, affects.IsEmpty ? old!.Affects : affects, assertion ?? old!.Assertion, at), because);
    }

    internal static string HashOf(IEnumerable<ContractStamp> contracts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(contracts.OrderBy(c => c.Path, StringComparer.Ordinal).Select(c => $"{c.Sha256} {c.Path}\n")))));
}
