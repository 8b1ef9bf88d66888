namespace Muster.Contracts;

/// <summary>A change that somebody had no right to.</summary>
/// <param name="Id">Path of the contract, or locks.json.</param>
/// <param name="Level">Its level before the change; null where it had no lock.</param>
/// <param name="Message">What was done and why it is refused, a full sentence.</param>
public sealed record LockViolation(string Id, LockLevel? Level, string Message);
