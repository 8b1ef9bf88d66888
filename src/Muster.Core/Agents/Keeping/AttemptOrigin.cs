namespace Muster.Agents.Keeping;

/// <summary>attempt.json: which process does the attempt. The file is also the claim: whoever makes it may start the attempt; empty, it was claimed and not started.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="StartTime">Field 22 of its stat.</param>
/// <param name="BootId">The boot that both belong to.</param>
internal sealed record AttemptOrigin(int Pid, long StartTime, string BootId)
{
    /// <summary>No process.</summary>
    public static AttemptOrigin None { get; } = new(0, 0, HostIdentity.BootId);
}
