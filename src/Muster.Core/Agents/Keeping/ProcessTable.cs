using System.Globalization;
using System.Text;

namespace Muster.Agents.Keeping;

/// <summary>What /proc says of processes.</summary>
internal static class ProcessTable
{
    /// <summary>One process.</summary>
    /// <param name="Pid">Its id.</param>
    /// <param name="Parent">Its parent's.</param>
    /// <param name="Session">Its session's leader.</param>
    /// <param name="StartTime">Field 22 of its stat: with the pid it names the process for ever within a boot.</param>
    /// <param name="IsZombie">Whether it has ended and was not waited for.</param>
    internal readonly record struct Entry(int Pid, int Parent, int Session, long StartTime, bool IsZombie);

    /// <summary>A process; null when it is gone.</summary>
    public static Entry? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // The name in brackets may hold anything.
            return new(pid, Number(fields[1]), Number(fields[3]), long.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
        {
            return null; // It ended while it was looked at.
        }
    }

    /// <summary>All living descendants of a process, at any depth.</summary>
    public static List<Entry> Descendants(int root)
    {
        var byParent = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Read(pid) : null)
            .OfType<Entry>()
            .ToLookup(entry => entry.Parent);
        var found = new List<Entry>();
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in byParent[parent])
            {
                open.Enqueue(child.Pid);
                if (!child.IsZombie)
                {
                    found.Add(child);
                }
            }
        }

        return found;
    }

    /// <summary>Ids of this process' own children; null where the kernel does not list them.</summary>
    public static HashSet<int>? OwnChildren()
    {
        try
        {
            var children = new HashSet<int>();
            foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            {
                foreach (var pid in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    children.Add(Number(pid));
                }
            }

            return children;
        }
        catch (IOException)
        {
            return null; // No such file in this kernel, or a thread ended: the whole table is read instead.
        }
    }

    /// <summary>Whether the process was started with this variable in its environment.</summary>
    public static bool HasVariable(int pid, string assignment)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/environ")).Split('\0').Contains(assignment);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
