using Muster.Artefacts;

namespace Muster.Cli;

/// <summary>Where runs lie, and which one is meant.</summary>
internal static class RunsRoot
{
    /// <summary><c>--runs</c>, else MUSTER_RUNS, else the user's state directory.</summary>
    public static string Resolve(string? option)
    {
        if (option is { Length: > 0 } || Environment.GetEnvironmentVariable("MUSTER_RUNS") is { Length: > 0 })
        {
            return Path.GetFullPath(option is { Length: > 0 } ? option : Environment.GetEnvironmentVariable("MUSTER_RUNS")!);
        }

        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? xdg
            : OperatingSystem.IsWindows()
                ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "state");
        return Path.IsPathRooted(state) ? Path.Combine(state, "muster", "runs") : throw CliException.NoHome();
    }

    /// <summary>All run directories, the newest first.</summary>
    public static IReadOnlyList<string> All(string root) => Directory.Exists(root)
        ? [.. Directory.EnumerateDirectories(root).Where(d => File.Exists(Path.Combine(d, "run.db"))).OrderByDescending(Path.GetFileName, StringComparer.Ordinal)]
        : [];

    /// <summary>The run whose id begins with <paramref name="run"/>, or the newest; a path to a run directory is taken as it is.</summary>
    public static RunDirectory Find(string root, string? run)
    {
        if (run is not null && run.Contains(Path.DirectorySeparatorChar))
        {
            return File.Exists(Path.Combine(run, "run.db")) ? RunDirectory.Open(Path.TrimEndingDirectorySeparator(run)) : throw CliException.NoRunIn(run);
        }

        var all = All(root);
        if (run is null or "last")
        {
            return all.Count > 0 ? RunDirectory.Open(all[0]) : throw CliException.NoRuns(root);
        }

        var matches = all.Where(d => Path.GetFileName(d).StartsWith(run, StringComparison.Ordinal)).ToList();
        return matches.Count switch
        {
            0 => throw CliException.NoSuchRun(ReportText.Line(run, 80), root),
            1 => RunDirectory.Open(matches[0]),
            _ => matches.FirstOrDefault(d => Path.GetFileName(d) == run) is { } exact ? RunDirectory.Open(exact) : throw CliException.Ambiguous(ReportText.Line(run, 80), matches.Count),
        };
    }
}
