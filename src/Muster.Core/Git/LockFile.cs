namespace Muster.Git;

/// <summary>A lock file of git's that a killed one may have left.</summary>
internal static class LockFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Likewise for every lock that a git at work in a worktree takes: of its index, its HEAD and its branch.</summary>
    /// <param name="common">Absolute path of the repository's own git directory.</param>
    /// <param name="directory">Absolute path of git's directory for the worktree.</param>
    /// <param name="path">Absolute path of the worktree.</param>
    /// <param name="branch">Short name of its branch.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task FreeAllAsync(string common, string directory, string path, string branch, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var file in (string[])[Path.Combine(directory, "index.lock"), Path.Combine(directory, "HEAD.lock"), Path.Combine(common, "refs", "heads", branch + ".lock")])
        {
            await FreeAsync(file, [path, directory], time, cancellationToken);
        }
    }

    /// <summary>Waits until nobody holds the lock; removes it when it was there before the call and no git is left that could have made it.</summary>
    /// <param name="path">Absolute path of the lock file.</param>
    /// <param name="places">Where a git that made it would be at work.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="GitException">It is still held, or its holder cannot be looked for.</exception>
    public static async Task FreeAsync(string path, IReadOnlyList<string> places, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        for (var waited = TimeSpan.Zero; File.Exists(path); waited += Pause)
        {
            if (File.GetLastWriteTimeUtc(path) < began.UtcDateTime && !IsHeld(path, places))
            {
                File.Delete(path);
                return;
            }

            if (waited >= Patience)
            {
                throw GitException.Locked(path);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Waits until no git is at work in any of the places: one may outlive the engine that started it.</summary>
    public static async Task QuietAsync(IReadOnlyList<string> places, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; IsHeld(places[0], places); waited += Pause)
        {
            if (waited >= Patience)
            {
                throw GitException.Locked(places[0]);
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Git keeps no process id in its locks, and not every lock open: a git that works in one of the places counts as its holder.</summary>
    private static bool IsHeld(string path, IReadOnlyList<string> places)
    {
        if (!Directory.Exists("/proc/self/fd"))
        {
            return true; // Nobody can be asked; a person decides.
        }

        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(fd => new FileInfo(fd).LinkTarget == path))
                {
                    return true;
                }

                if (File.ReadAllText(Path.Combine(process, "comm")).StartsWith("git", StringComparison.Ordinal)
                    && new FileInfo(Path.Combine(process, "cwd")).LinkTarget is { } at
                    && places.Any(p => at == p || at.StartsWith(p + "/", StringComparison.Ordinal)))
                {
                    return true;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at, or is another user's, who cannot write here.
            }
        }

        return false;
    }
}
