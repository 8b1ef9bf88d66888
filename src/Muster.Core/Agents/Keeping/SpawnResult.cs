namespace Muster.Agents.Keeping;

/// <summary>What became of a start.</summary>
/// <param name="Attempt">Whose.</param>
/// <param name="Pid">The process; it may have ended already.</param>
/// <param name="Error">0, or the error number: then there is no process.</param>
internal readonly record struct SpawnResult(KeptAttempt Attempt, int Pid, int Error);
