using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Muster.Artefacts;

/// <summary>Opens and replaces files where somebody else writes, too: only regular ones, beneath a directory, through no link of any kind.</summary>
/// <remarks>
/// On Linux the kernel resolves the path (openat2 with RESOLVE_BENEATH, NO_SYMLINKS and NO_MAGICLINKS), so nothing can be swapped
/// between a check and the opening. Elsewhere every part of the path is looked at first, which is weaker.
/// </remarks>
public static unsafe partial class BeneathFile
{
    private const long OpenAt2 = 437;
    private const ulong Resolve = 0x08 | 0x04 | 0x02;
    private const int CurrentDirectory = -100, EmptyPath = 0x1000, NoSuchCall = 38, NotPermitted = 1, TooManyLinks = 40, CrossDevice = 18;
    private const ulong PathOnly = 0x200000, IsDirectory = 0x10000, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="directory">Absolute path; trusted.</param>
    /// <param name="relative">Path beneath it, as somebody gave it.</param>
    /// <param name="mayBeHardLinked">Whether a second name of the file is harmless, as it is in a source tree.</param>
    /// <param name="refusal">Why it was not opened, in words that follow "it"; null when it was.</param>
    /// <returns>The open file, or null.</returns>
    public static SafeFileHandle? TryOpen(string directory, string relative, bool mayBeHardLinked, out string? refusal)
    {
        var file = OperatingSystem.IsLinux() ? OpenByKernel(directory, relative, out refusal) : OpenByLooking(directory, relative, out refusal);
        if (file is null || !OperatingSystem.IsLinux())
        {
            return file;
        }

        refusal = Refusal(file, mayBeHardLinked);
        if (refusal is null)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    private static SafeFileHandle? OpenByKernel(string directory, string relative, out string? refusal)
    {
        var root = Open(directory, PathOnly | IsDirectory | CloseOnExec);
        if (root < 0)
        {
            refusal = "has a directory that is gone";
            return null;
        }

        using var owned = new SafeFileHandle(root, ownsHandle: true);
        var how = new OpenHow { Flags = NonBlocking | CloseOnExec, Resolve = Resolve };
        nint file;
        fixed (byte* path = Encoding.UTF8.GetBytes(relative + '\0'))
        {
            file = (nint)SystemCall(OpenAt2, root, path, &how, (nuint)sizeof(OpenHow));
        }

        if (file >= 0)
        {
            refusal = null;
            return new(file, ownsHandle: true);
        }

        var error = Marshal.GetLastPInvokeError();
        if (error is NoSuchCall or NotPermitted)
        {
            return OpenByLooking(directory, relative, out refusal);
        }

        refusal = RefusalOf(error);
        return null;
    }

    private static string RefusalOf(int error) => error switch
    {
        2 or 20 => NotThere,
        TooManyLinks => "is or goes through a link",
        CrossDevice => "leads out of its directory",
        13 => "may not be read",
        _ => $"cannot be opened ({Marshal.GetPInvokeErrorMessage(error)})",
    };

    private static nint Open(string directory, ulong flags)
    {
        var how = new OpenHow { Flags = flags };
        fixed (byte* path = Encoding.UTF8.GetBytes(directory + '\0'))
        {
            var file = SystemCall(OpenAt2, CurrentDirectory, path, &how, (nuint)sizeof(OpenHow));
            return file >= 0 ? (nint)file : OpenOld(CurrentDirectory, path, (int)flags);
        }
    }

    private static string? Refusal(SafeFileHandle file, bool mayBeHardLinked)
    {
        Span<byte> status = stackalloc byte[256];
        int result;
        fixed (byte* empty = "\0"u8)
        fixed (byte* target = status)
        {
            result = StatX((int)file.DangerousGetHandle(), empty, EmptyPath, 0x7FF, target);
        }

        if (result != 0)
        {
            return null; // An old kernel without statx: the opening itself went through no link.
        }

        var links = MemoryMarshal.Read<uint>(status[16..]);
        var mode = MemoryMarshal.Read<ushort>(status[28..]);
        return (mode & TypeMask) != Regular ? "is not a regular file"
            : links != 1 && !mayBeHardLinked ? "has a second name (a hard link)"
            : null;
    }

    private static SafeFileHandle? OpenByLooking(string directory, string relative, out string? refusal)
    {
        var at = directory;
        foreach (var part in relative.Split('/', '\\'))
        {
            if (part is ".." || Path.IsPathRooted(part) || part.Contains(':') && OperatingSystem.IsWindows())
            {
                refusal = "leads out of its directory";
                return null;
            }

            at = Path.Combine(at, part);
            FileSystemInfo entry = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            if (entry.LinkTarget is not null)
            {
                refusal = "is or goes through a link";
                return null;
            }
        }

        try
        {
            refusal = null;
            return File.OpenHandle(at, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            refusal = NotThere;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusal = "may not be read";
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long SystemCall(long number, nint directory, byte* path, OpenHow* how, nuint size);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenOld(int directory, byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int file, byte* path, int flags, uint mask, byte* status);

    /// <summary>struct open_how of linux/openat2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
