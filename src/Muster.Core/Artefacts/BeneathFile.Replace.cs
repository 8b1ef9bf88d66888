using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Muster.Artefacts;

public static unsafe partial class BeneathFile
{
    private const string NotThere = "is not there";

    /// <summary>
    /// Puts a new file in the place of a regular one, or of none; directories on the way are made. A file that is replaced keeps its mode, and
    /// another name of it (a hard link) keeps the old content.
    /// </summary>
    /// <param name="directory">Absolute path; trusted.</param>
    /// <param name="relative">Path beneath it with forward slashes, as somebody gave it.</param>
    /// <param name="content">The whole file.</param>
    /// <param name="refusal">Why it was not written, in words that follow "it"; null when it was.</param>
    /// <exception cref="IOException">The machine cannot: the disk is full, a file stands where a directory is needed.</exception>
    public static bool TryReplace(string directory, string relative, ReadOnlySpan<byte> content, out string? refusal)
    {
        UnixFileMode? mode = null;
        using (var old = TryOpen(directory, relative, mayBeHardLinked: true, out refusal))
        {
            if (old is null && refusal != NotThere)
            {
                return false;
            }

            mode = old is null || OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(old);
        }

        var parts = relative.Split('/');
        using var parent = Parent(directory, parts.AsSpan()[..^1], out var path, out refusal);
        if (path is null)
        {
            return false;
        }

        var fresh = Path.Combine(path, $".{parts[^1]}.muster-new");
        File.Delete(fresh);
        using (var file = new FileStream(fresh, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(content);
            if (mode is { } same && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file.SafeFileHandle, same);
            }
        }

        File.Move(fresh, Path.Combine(path, parts[^1]), overwrite: true); // A link that is put there meanwhile is replaced, not written through.
        return true;
    }

    /// <summary>Opens the directory that a file is to lie in, so that nothing that is swapped afterwards leads elsewhere.</summary>
    /// <param name="directory">Absolute path; trusted.</param>
    /// <param name="parts">The names on the way.</param>
    /// <param name="path">By what path it is reached while the handle is open; null when it was refused.</param>
    /// <param name="refusal">Why it was refused.</param>
    private static SafeFileHandle? Parent(string directory, ReadOnlySpan<string> parts, out string? path, out string? refusal)
    {
        (path, refusal) = (null, null);
        if (!OperatingSystem.IsLinux())
        {
            path = ParentByLooking(directory, parts, out refusal);
            return null;
        }

        var at = new SafeFileHandle(Open(directory, PathOnly | IsDirectory | CloseOnExec), ownsHandle: true);
        if (at.IsInvalid)
        {
            at.Dispose();
            refusal = "has a directory that is gone";
            return null;
        }

        foreach (var part in parts)
        {
            var next = Step(at, part, out var error);
            if (error is 2)
            {
                Directory.CreateDirectory(Path.Combine(ByHandle(at), part));
                next = Step(at, part, out error);
            }

            at.Dispose();
            if (error is NoSuchCall or NotPermitted)
            {
                path = ParentByLooking(directory, parts, out refusal);
                return null;
            }

            if (error != 0)
            {
                refusal = error == 20 ? "has a file where a directory is needed" : RefusalOf(error);
                return null;
            }

            at = new SafeFileHandle(next, ownsHandle: true);
        }

        path = ByHandle(at);
        return at;
    }

    private static string ByHandle(SafeFileHandle directory) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)directory.DangerousGetHandle()}");

    private static nint Step(SafeFileHandle from, string name, out int error)
    {
        var how = new OpenHow { Flags = PathOnly | IsDirectory | CloseOnExec, Resolve = Resolve };
        fixed (byte* path = Encoding.UTF8.GetBytes(name + '\0'))
        {
            var next = (nint)SystemCall(OpenAt2, from.DangerousGetHandle(), path, &how, (nuint)sizeof(OpenHow));
            error = next >= 0 ? 0 : Marshal.GetLastPInvokeError();
            return next;
        }
    }

    private static string? ParentByLooking(string directory, ReadOnlySpan<string> parts, out string? refusal)
    {
        var at = directory;
        foreach (var part in parts)
        {
            at = Path.Combine(at, part);
            if (part == ".." || new DirectoryInfo(at).LinkTarget is not null)
            {
                refusal = "is or goes through a link, or leads out of its directory";
                return null;
            }

            Directory.CreateDirectory(at);
        }

        refusal = null;
        return at;
    }
}
