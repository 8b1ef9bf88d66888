using System.Runtime.InteropServices;
using System.Text;

namespace Muster;

/// <summary>Looks at a file that a person named before it is opened: opening a pipe waits for its writer, and a device never ends.</summary>
public static unsafe partial class UserFile
{
    private const int CurrentDirectory = -100, TypeOnly = 1, TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>Why a file cannot be read as one, in words that follow "it"; null when nothing speaks against it.</summary>
    /// <param name="path">As the person gave it; links are followed.</param>
    public static string? WhyNot(string path) =>
        Directory.Exists(path) ? "is a directory"
        : !Path.Exists(path) ? "does not exist"
        : IsSpecial(path) ? "is a pipe or a device, not a file"
        : null;

    /// <summary>The same for a file that is written: it need not exist yet, but its directory must.</summary>
    public static string? WhyNotWritten(string path) =>
        Directory.Exists(path) ? "is a directory"
        : !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) ? "lies in a directory that does not exist"
        : null;

    /// <summary>Whether there is something that a file put in its place would destroy: a pipe or a device.</summary>
    public static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> status = stackalloc byte[256];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        fixed (byte* target = status)
        {
            return StatX(CurrentDirectory, name, 0, TypeOnly, target) == 0 && (MemoryMarshal.Read<ushort>(status[28..]) & TypeMask) != Regular;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int directory, byte* path, int flags, uint mask, byte* status);
}
