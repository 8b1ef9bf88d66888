using Muster.Runs;

namespace Muster.Dispatch;

/// <summary>An attempt that the journal says was started, to be carried out or, after a crash, to be recovered.</summary>
/// <param name="Step">Index of its step.</param>
/// <param name="Attempt">1-based.</param>
/// <param name="Recover">Whether another engine started it: look first at what is left of it.</param>
/// <param name="LastReason">What an agent did wrong at this step before, for the prompt; null when none did.</param>
/// <param name="MaySendBack">Whether a summary that is too long is sent back rather than cut.</param>
/// <param name="Reserve">What is set aside for it; an agent that takes more needs more set aside. Nothing: it may take what it likes.</param>
/// <param name="Used">For a recovery: what the agent is known to have consumed; null when it is not known to have ended.</param>
public sealed record AttemptOrder(
    int Step, int Attempt, bool Recover, string? LastReason, bool MaySendBack, AttemptReserve Reserve = default, Usage? Used = null);
