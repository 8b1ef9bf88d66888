using Muster.Artefacts;
using Muster.Dispatch;

namespace Muster;

/// <summary>One engine drives a run: a lock on a file that the operating system lets go when the engine dies, however it dies.</summary>
internal sealed class HostLock : IDisposable
{
    private readonly FileStream file;

    private HostLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="EngineException">Another engine holds it; the error names it.</exception>
    public static HostLock Take(string runDirectory, string runId)
    {
        if (TryOpen(runDirectory, FileMode.OpenOrCreate, FileAccess.ReadWrite) is not { } file)
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

        using var file = TryOpen(runDirectory, FileMode.Open, FileAccess.Read); // To look is no reason to write.
        return file is null;
    }

    /// <summary>Who holds it, or held it last, in words.</summary>
    public static string Holder(string runDirectory) =>
        File.Exists(HolderPath(runDirectory)) ? File.ReadAllText(HolderPath(runDirectory)) : "its process is not known";

    public void Dispose() => file.Dispose();

    private static string HolderPath(string runDirectory) => Path.Combine(runDirectory, "engine.pid");

    private static string LockPath(string runDirectory) => Path.Combine(runDirectory, "engine.lock");

    private static FileStream? TryOpen(string runDirectory, FileMode mode, FileAccess access)
    {
        try
        {
            return new(LockPath(runDirectory), mode, access, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && IsSharing(e))
        {
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not (DirectoryNotFoundException or PathTooLongException))
        {
            throw RunDirectoryException.NotWritable(runDirectory, e);
        }
    }

    /// <summary>EAGAIN on Linux, EWOULDBLOCK on macOS, ERROR_SHARING_VIOLATION on Windows: somebody has it, rather than a fault.</summary>
    private static bool IsSharing(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
