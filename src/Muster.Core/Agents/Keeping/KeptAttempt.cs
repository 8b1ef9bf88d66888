namespace Muster.Agents.Keeping;

/// <summary>An attempt whose process the keeper holds.</summary>
internal sealed class KeptAttempt(KeeperRequest request, int pid, long startTime, long deadline)
{
    public KeeperRequest Request => request;

    public int Pid => pid;

    public long StartTime => startTime;

    /// <summary>Timestamp at which the keeper ends it.</summary>
    public long Deadline => deadline;

    /// <summary>Why it is being ended; null while it is left alone.</summary>
    public string? Reason { get; set; }

    /// <summary>Bytes of its streams and output when they were last looked at.</summary>
    public long Bytes { get; set; }

    /// <summary>How its main process ended; null while it lives.</summary>
    public int? Status { get; set; }
}
