namespace Muster.Settings;

/// <summary>Looks whether it can be a person who asks: no agent may approve anything.</summary>
public static class PersonCheck
{
    private static readonly string[] Marks = ["MUSTER_ATTEMPT", "MUSTER_TASK", "MUSTER_OUTPUT", "MUSTER_RUN"];

    /// <summary>Why whoever asks counts as an agent, in words that follow "it"; null when nothing speaks against a person.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <remarks>On Linux a process that left its session and parent is found all the same: a run's keeper is its subreaper.</remarks>
    public static string? WhyAgent(Func<string, string?> variable)
    {
        if (Marks.FirstOrDefault(name => variable(name) is not null) is { } mark)
        {
            return $"has {mark} in its environment, as agents do";
        }

        for (var pid = ParentOf("self"); pid is > 1; pid = ParentOf($"{pid}"))
        {
            if (IsMuster(pid.Value))
            {
                return $"runs below process {pid}, which is Muster at work";
            }
        }

        return null;
    }

    private static bool IsMuster(int pid)
    {
        try
        {
            var program = Path.GetFileName(File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName)?.Replace(" (deleted)", string.Empty);
            return program is "muster"
                || (program is "dotnet" && File.ReadAllText($"/proc/{pid}/cmdline").Split('\0').Any(a => Path.GetFileName(a) is "muster.dll"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Another user's, or gone.
        }
    }

    private static int? ParentOf(string process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("PPid:", StringComparison.Ordinal)) is { } line
                && int.TryParse(line.AsSpan(5), out var pid) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
