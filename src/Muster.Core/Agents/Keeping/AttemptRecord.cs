namespace Muster.Agents.Keeping;

/// <summary>attempt.json: created empty before the process, as a claim that nobody else starts it, and filled in after.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">Field 22 of /proc/PID/stat.</param>
/// <param name="BootId">Of the boot in which both mean something.</param>
internal sealed record AttemptRecord(int Pid, long StartTime, string BootId);
