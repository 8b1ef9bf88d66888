using System.Globalization;

namespace Muster.Dispatch;

/// <summary>Bytes that programs can still take: the machine's, or what is left of a limit that this process stands under.</summary>
internal static class AvailableMemory
{
    /// <summary>The smallest of what is left; null where nothing says it (not on Linux).</summary>
    /// <param name="root">"/"; another directory in tests.</param>
    public static long? Read(string root = "/")
    {
        var left = Line(Path.Combine(root, "proc/meminfo"), "MemAvailable:") * 1_024;
        foreach (var line in Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            var parts = line.Split(':', 3);
            left = (parts.Length, parts.ElementAtOrDefault(1)) switch
            {
                (3, "") => Least(left, OfGroups(Path.Combine(root, "sys/fs/cgroup"), parts[2], "memory.max", "memory.current", "inactive_file")),
                (3, { } names) when names.Split(',').Contains("memory") => Least(
                    left, OfGroups(Path.Combine(root, "sys/fs/cgroup/memory"), parts[2], "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")),
                _ => left,
            };
        }

        return left;
    }

    /// <summary>A group's limit holds for all beneath it, so each one up to the top is asked. Cached files are given back when needed.</summary>
    private static long? OfGroups(string top, string group, string limit, string usage, string cached)
    {
        long? left = null;
        for (var path = group.TrimEnd('/'); ; path = path[..path.LastIndexOf('/')])
        {
            var directory = top + path;
            if (Number(Path.Combine(directory, limit)) is { } most && Number(Path.Combine(directory, usage)) is { } used)
            {
                left = Least(left, Math.Max(0, most - used + (Line(Path.Combine(directory, "memory.stat"), cached) ?? 0)));
            }

            if (path.Length == 0)
            {
                return left;
            }
        }
    }

    private static long? Least(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    private static long? Number(string file) =>
        Lines(file) is [var line, ..] && long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? Line(string file, string name)
    {
        foreach (var line in Lines(file))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == name && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // Not on this system, or not for us to see.
        }
    }
}
