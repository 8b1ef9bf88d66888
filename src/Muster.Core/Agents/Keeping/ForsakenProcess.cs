using System.Text.Json;

namespace Muster.Agents.Keeping;

/// <summary>A process whose keeper is gone: nobody records its end any more, so it is ended.</summary>
internal static class ForsakenProcess
{
    /// <summary>Ends the process that an attempt's directory names, and its descendants and session. True when it was alive.</summary>
    /// <remarks>Pid, start time and boot must agree, so a process that only has its number is never touched.</remarks>
    public static bool End(string directory)
    {
        AttemptRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(directory, "attempt.json")), KeeperShape.Default.AttemptRecord);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }

        if (record is null || record.BootId != HostIdentity.BootId)
        {
            return false;
        }

        var isAlive = ProcessTable.Read(record.Pid) is { IsZombie: false } process && process.StartTime == record.StartTime;
        if (isAlive)
        {
            foreach (var child in ProcessTable.Descendants(record.Pid))
            {
                _ = Posix.Kill(child.Pid, Posix.SigKill);
            }

            _ = Posix.Kill(-record.Pid, Posix.SigKill);
            _ = Posix.Kill(record.Pid, Posix.SigKill);
        }

        return isAlive;
    }
}
