using System.Globalization;
using System.Text;

namespace Muster.Agents.Keeping;

/// <summary>Reads /proc.</summary>
internal static class ProcessTable
{
    private static readonly string Children = $"/proc/self/task/{Environment.ProcessId}/children";

    /// <summary>One process; null when it is gone.</summary>
    public static ProcessEntry? Read(int pid)
    {
        if (ReadAll($"/proc/{pid}/stat") is not { } stat)
        {
            return null;
        }

        // The name, in parentheses, may hold anything; the fields after the last one are plain.
        var fields = Encoding.UTF8.GetString(stat.AsSpan(stat.AsSpan().LastIndexOf((byte)')') + 2)).Split(' ');
        return fields.Length < 20
            ? null
            : new(pid, Number(fields[1]), Number(fields[3]), long.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "Z" or "X");
    }

    /// <summary>Whether that very process still works.</summary>
    public static bool IsAlive(int pid, long startTime) =>
        Read(pid) is { IsZombie: false } entry && entry.StartTime == startTime;

    /// <summary>All processes.</summary>
    public static List<ProcessEntry> ReadAll()
    {
        var entries = new List<ProcessEntry>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    /// <summary>Children of this process, those that were adopted as orphans included; the orphans come to the main thread.</summary>
    public static IEnumerable<int> OwnChildren()
    {
        if (ReadAll(Children) is { } text)
        {
            return Encoding.ASCII.GetString(text).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Number);
        }

        // A kernel without that file: the slow way.
        return ReadAll().Where(entry => entry.Parent == Environment.ProcessId).Select(entry => entry.Pid);
    }

    /// <summary>Whether the process was started with that line in its environment.</summary>
    public static bool HasInEnvironment(int pid, ReadOnlySpan<byte> line) =>
        ReadAll($"/proc/{pid}/environ") is { } environment && environment.AsSpan().IndexOf(line) >= 0;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static byte[]? ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // The process has ended, or belongs to somebody else.
        }
    }
}
