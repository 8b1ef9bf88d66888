namespace Muster.Agents.Keeping;

/// <summary>Finds a program as a shell would, without one.</summary>
internal static class ProgramSearch
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The path of a program that this machine's user could start from anywhere; null when there is none.</summary>
    /// <param name="name">Its name, or its absolute path.</param>
    /// <param name="path">The variable PATH.</param>
    public static string? OnPath(string name, string? path) => Find(name, "/", [$"PATH={path}"]);

    /// <summary>Its path; null when there is none that may be executed.</summary>
    public static string? Find(string name, string workingDirectory, IEnumerable<string> environment)
    {
        if (name.Contains('/'))
        {
            var path = Path.Combine(workingDirectory, name);
            return File.Exists(path) ? path : null;
        }

        var search = environment.FirstOrDefault(line => line.StartsWith("PATH=", StringComparison.Ordinal))?[5..] ?? "/usr/local/bin:/usr/bin:/bin";
        return search.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(workingDirectory, directory, name))
            .FirstOrDefault(path => File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != UnixFileMode.None));
    }
}
