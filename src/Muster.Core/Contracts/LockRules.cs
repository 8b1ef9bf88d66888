namespace Muster.Contracts;

/// <summary>The specification's trust table, held by code: an unlocked contract is anybody's, a locked one its locker's, the master's and a person's, a critical one the master's and a person's.</summary>
public static class LockRules
{
    /// <summary>What somebody changed without the right to.</summary>
    /// <param name="before">The contracts before: their locks decide.</param>
    /// <param name="after">The contracts after.</param>
    /// <param name="actor">Who changed them.</param>
    /// <returns>Empty where every change was allowed and stands in the trail.</returns>
    public static IReadOnlyList<LockViolation> Check(ContractSet before, ContractSet after, LockActor actor)
    {
        if (!after.AreLocksReadable || !before.AreLocksReadable)
        {
            return [new(ContractSet.LocksFile, null, "locks.json cannot be read, so nobody knows what is locked.")];
        }

        return
        [
            .. before.Locks.Locks.Where(l => !l.Allows(actor) && before.Find(l.Id)?.Stamp.Sha256 != after.Find(l.Id)?.Stamp.Sha256)
                .Select(l => new LockViolation(l.Id, l.Level, $"{actor} changed {l.Id}, which is {LockText.Word(l.Level)} by {l.LockedBy}.")),
            .. Trail(before.Locks, after.Locks, actor),
            .. before.Locks.Locks.Concat(after.Locks.Locks).Select(l => l.Id).Distinct()
                .SelectMany(id => OfLock(before.Locks.Find(id), after.Locks.Find(id), actor, after.Locks.Audit.Skip(before.Locks.Audit.Length))),
        ];
    }

    private static IEnumerable<LockViolation> OfLock(ContractLock? before, ContractLock? after, LockActor actor, IEnumerable<LockChange> added)
    {
        if (before is null ? after is null : after is not null && before.IsSameAs(after))
        {
            yield break;
        }

        var id = (before ?? after)!.Id;
        if (before?.Allows(actor) is false)
        {
            yield return new(id, before.Level, $"{actor} changed the lock of {id}, which is {LockText.Word(before.Level)} by {before.LockedBy}.");
        }
        else if (after?.Allows(actor) is false)
        {
            yield return new(id, before?.Level, $"{actor} set {id} to {LockText.Word(after.Level)} by {after.LockedBy}, which it could not change itself.");
        }

        if (!added.Any(c => c.Id == id && c.By == actor.Name && c.To == after?.Level && c.From == before?.Level))
        {
            yield return new(id, before?.Level, $"The lock of {id} was changed and the trail does not say so.");
        }
    }

    private static IEnumerable<LockViolation> Trail(LockBook before, LockBook after, LockActor actor)
    {
        if (!after.Audit.Take(before.Audit.Length).SequenceEqual(before.Audit))
        {
            yield return new(ContractSet.LocksFile, null, $"{actor} changed or removed what stood in the trail.");
        }

        foreach (var change in after.Audit.Skip(before.Audit.Length).Where(c => c.By != actor.Name))
        {
            yield return new(ContractSet.LocksFile, null, $"{actor} wrote into the trail in the name of {ContractProblems.Shown(change.By)}.");
        }
    }
}
