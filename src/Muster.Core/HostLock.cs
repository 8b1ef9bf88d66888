using Muster.Artefacts;
using Muster.Dispatch;

namespace Muster;

/// <summary>One engine drives a run: a lock on a file that the operating system lets go when the engine dies, however it dies.</summary>
internal sealed class HostLock : IDisposable
{
    private const string KeeperLock = "keeper.lock";

    /// <summary>How long a lock may be held by somebody who only looks whether it is: he takes it for an instant.</summary>
    private static readonly TimeSpan LookPatience = TimeSpan.FromMilliseconds(500);

    private readonly FileStream file;

    private HostLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="EngineException">Another engine holds it; the error names it.</exception>
    public static HostLock Take(string runDirectory, string runId)
    {
        FileStream? file = null;
        if (!SpinWait.SpinUntil(() => (file = TryOpen(LockPath(runDirectory), FileMode.OpenOrCreate, FileAccess.ReadWrite)) is not null, LookPatience) || file is null)
        {
            throw EngineException.Driven(runId, Holder(runDirectory));
        }

        try
        {
            File.WriteAllText(HolderPath(runDirectory), $"process {Environment.ProcessId} on {Environment.MachineName}");
            return new(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw RunDirectoryException.NotWritable(runDirectory, e);
        }
    }

    /// <summary>Whether some engine holds the lock now.</summary>
    public static bool IsHeld(string runDirectory)
    {
        if (!File.Exists(LockPath(runDirectory)))
        {
            return false;
        }

        using var file = TryOpen(LockPath(runDirectory), FileMode.Open, FileAccess.Read); // To look is no reason to write.
        return file is null;
    }

    /// <summary>Whether the run's keeper is there, and with it agents that outlive their engine.</summary>
    public static bool HasKeeper(string runDirectory)
    {
        if (!File.Exists(Path.Combine(runDirectory, KeeperLock)))
        {
            return false;
        }

        using var file = TryOpen(Path.Combine(runDirectory, KeeperLock), FileMode.Open, FileAccess.Read);
        return file is null;
    }

    /// <summary>Who holds it, or held it last, in words.</summary>
    public static string Holder(string runDirectory) =>
        File.Exists(HolderPath(runDirectory)) ? File.ReadAllText(HolderPath(runDirectory)) : "its process is not known";

    public void Dispose() => file.Dispose();

    private static string HolderPath(string runDirectory) => Path.Combine(runDirectory, "engine.pid");

    private static string LockPath(string runDirectory) => Path.Combine(runDirectory, "engine.lock");

    private static FileStream? TryOpen(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return new(path, mode, access, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && IsSharing(e))
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not (DirectoryNotFoundException or PathTooLongException))
        {
            throw RunDirectoryException.NotWritable(Path.GetDirectoryName(path)!, e);
        }
    }

    /// <summary>EAGAIN on Linux, EWOULDBLOCK on macOS, ERROR_SHARING_VIOLATION on Windows: somebody has it, rather than a fault.</summary>
    private static bool IsSharing(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
