namespace Muster.Agents.Keeping;

/// <content>What belongs to an attempt's tree of processes.</content>
internal sealed partial class Keeper
{
    /// <summary>Children of this process that an attempt left behind. Cheap, for it is asked at every end.</summary>
    private IEnumerable<int> Strays(KeptAttempt attempt) =>
        ProcessTable.OwnChildren().Where(pid => !mains.ContainsKey(pid) && Owns(attempt, pid));

    private bool Owns(KeptAttempt attempt, int orphan) =>
        tags.TryGetValue(LinuxCalls.FileSizeCeiling(orphan), out var owner)
            ? owner == attempt
            : live.Count == 1 && ProcessTable.Read(orphan) is { IsZombie: false };

    /// <summary>Everything of an attempt that runs now.</summary>
    private List<ProcessEntry> Members(KeptAttempt attempt)
    {
        var all = ProcessTable.ReadAll();
        var ids = new HashSet<int>();
        var main = attempt.Origin;
        foreach (var entry in all.Where(entry => !entry.IsZombie && entry.Pid != Environment.ProcessId))
        {
            var isChild = entry.Parent == Environment.ProcessId;
            if ((entry.Pid == main.Pid && entry.StartTime == main.StartTime)
                || (entry.Session == main.Pid && main.Pid != 0 && entry.StartTime >= main.StartTime)
                || (isChild && !mains.ContainsKey(entry.Pid) && Owns(attempt, entry.Pid))
                || (!mains.ContainsKey(entry.Pid) && ProcessTable.HasInEnvironment(entry.Pid, attempt.MarkerLine)))
            {
                ids.Add(entry.Pid);
            }
        }

        for (var before = -1; before != ids.Count;)
        {
            before = ids.Count;
            ids.UnionWith(all.Where(entry => ids.Contains(entry.Parent) && !entry.IsZombie).Select(entry => entry.Pid).ToList());
        }

        return [.. all.Where(entry => ids.Contains(entry.Pid))];
    }

    private static void Signal(List<ProcessEntry> members, int signal)
    {
        foreach (var member in members)
        {
            var file = LinuxCalls.OpenPid(member.Pid);
            if (file >= 0 && ProcessTable.IsAlive(member.Pid, member.StartTime))
            {
                LinuxCalls.SendSignal(file, signal);
            }

            _ = file >= 0 ? LinuxCalls.Close(file) : 0;
        }
    }
}
