namespace Muster.Artefacts;

/// <summary>The files of a run beside its journal, agents' leavings among them.</summary>
public static class RunFiles
{
    private static readonly string[] Living = ["journal.head", "engine.lock", "engine.pid", "cancel"];

    /// <summary>Copies them, also while the run is driven: every directory, and of files the regular ones, through no link.</summary>
    /// <param name="from">The run.</param>
    /// <param name="to">Absolute path of a directory; it is made.</param>
    /// <returns>How many files were copied.</returns>
    public static int Copy(RunDirectory from, string to)
    {
        var files = 0;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from.Path).EnumerateFileSystemInfos("*", options))
        {
            var relative = Path.GetRelativePath(from.Path, entry.FullName);
            if (entry is DirectoryInfo)
            {
                Directory.CreateDirectory(Path.Combine(to, relative)); // Empty ones too: they are the run's layout.
            }
            else if (!IsOfTheLiving(relative))
            {
                files += CopyFile(from.Path, relative, to) ? 1 : 0;
            }
        }

        return files;
    }

    /// <summary>What belongs to the processes at work, to the journal, or is half written.</summary>
    private static bool IsOfTheLiving(string relative) =>
        Living.Contains(relative) || (relative.EndsWith(".new", StringComparison.Ordinal) && !relative.StartsWith("attempts", StringComparison.Ordinal))
        || relative.StartsWith("run.db", StringComparison.Ordinal) || relative.StartsWith("keeper", StringComparison.Ordinal);

    private static bool CopyFile(string from, string relative, string to)
    {
        using var file = BeneathFile.TryOpen(from, relative, mayBeHardLinked: true, out _);
        if (file is null)
        {
            return false; // A pipe or device that an agent left, or gone since it was listed.
        }

        var target = Path.Combine(to, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var source = new FileStream(file, FileAccess.Read);
        using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(copy);
        return true;
    }
}
