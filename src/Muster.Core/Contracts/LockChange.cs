namespace Muster.Contracts;

/// <summary>One entry of the trail: a lock was set, changed or taken away. Entries are added and never changed.</summary>
/// <param name="At">When.</param>
/// <param name="By">human, master, architect or a module's name.</param>
/// <param name="Id">The lock.</param>
/// <param name="From">Its level before; null: there was none.</param>
/// <param name="To">Its level after; null: it was taken away.</param>
/// <param name="Because">Why, in the words of whoever did it.</param>
public sealed record LockChange(DateTimeOffset At, string By, string Id, LockLevel? From, LockLevel? To, string Because);
