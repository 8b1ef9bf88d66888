using System.Runtime.InteropServices;
using System.Text;

namespace Muster.Agents.Keeping;

/// <summary>The few calls of the C library that the keeper stands on and .NET does not offer; glibc and musl have all of them.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int Terminate = 15, Kill = 9;
    public const int Readable = 1, Writable = 4;
    public const int NoEntry = 2, TryAgain = 11, NoMemory = 12, NotExecutable = 8, AccessDenied = 13, TooManyOpenAll = 23, TooManyOpen = 24;
    private const int FileSize = 1, CloseOnExec = 0x80000, PathOnly = 0x200000, WriteOnly = 1, Create = 0x40, Append = 0x400, NonBlocking = 0x800;
    private const int SetDefaults = 0x04, SetMask = 0x08, SetSession = 0x80;
    private const long PidFdSendSignal = 424, PidFdOpen = 434;

    /// <summary>Starts a program in a session of its own: signals as the system has them by default, streams from and to files.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Spawn(SpawnOrder order, out int pid)
    {
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[1024];
        var signals = stackalloc byte[128];
        using var strings = new NativeStrings();
        _ = SpawnActionsInit(actions);
        _ = SpawnAttributesInit(attributes);
        try
        {
            _ = SignalSetEmpty(signals);
            _ = SpawnSetMask(attributes, signals);
            _ = SignalSetFill(signals);
            _ = SpawnSetDefaults(attributes, signals);
            _ = SpawnSetFlags(attributes, SetDefaults | SetMask | SetSession);
            _ = SpawnAddOpen(actions, 0, strings.One(order.Input), 0, 0);
            _ = SpawnAddOpen(actions, 1, strings.One(order.Output), WriteOnly | Create | Append, 0x180);
            _ = SpawnAddOpen(actions, 2, strings.One(order.Errors), WriteOnly | Create | Append, 0x180);
            foreach (var file in order.Close)
            {
                _ = SpawnAddClose(actions, file);
            }

            _ = SpawnAddDirectory(actions, strings.One(order.Directory));
            int started;
            var error = PosixSpawn(
                &started, strings.One(order.Program), actions, attributes, strings.Many(order.Arguments), strings.Many(order.Environment));
            pid = error == 0 ? started : 0;
            return error;
        }
        finally
        {
            _ = SpawnActionsDestroy(actions);
            _ = SpawnAttributesDestroy(attributes);
        }
    }

    /// <summary>Waits until one of the files is ready or the time is over.</summary>
    public static void Wait(Span<PollEntry> files, int milliseconds)
    {
        fixed (PollEntry* first = files)
        {
            _ = Poll(first, (nuint)files.Length, milliseconds); // Interrupted or failed: the caller looks at everything anyway.
        }
    }

    /// <summary>Takes one ended child off the system's list; 0 or less when there is none.</summary>
    public static int ReapAny(out int status)
    {
        int value;
        var pid = WaitPid(-1, &value, 1);
        status = value;
        return pid;
    }

    /// <summary>A descriptor that becomes readable when the process ends; negative when there is none.</summary>
    public static int OpenPid(int pid) => (int)SystemCall(PidFdOpen, pid, 0, 0, 0);

    public static void SendSignal(int pidFile, int signal) => _ = SystemCall(PidFdSendSignal, pidFile, signal, 0, 0);

    /// <summary>Makes orphans of this process's descendants its own children.</summary>
    public static void BecomeSubreaper() => _ = ProcessControl(36, 1, 0, 0, 0);

    /// <summary>The hard limit of a process on the size of a file, which its descendants inherit; 0 when it cannot be read.</summary>
    public static ulong FileSizeCeiling(int pid)
    {
        var limits = stackalloc ulong[2];
        return Limit(pid, FileSize, null, limits) == 0 ? limits[1] : 0;
    }

    public static bool SetOwnFileSizeLimit(ulong soft, ulong hard)
    {
        var limits = stackalloc ulong[2] { soft, hard };
        return Limit(0, FileSize, limits, null) == 0;
    }

    /// <summary>A descriptor that becomes readable when <see cref="RaiseEvent"/> is called, from any thread.</summary>
    public static int OpenEvent() => EventFile(0, CloseOnExec | NonBlocking);

    public static void RaiseEvent(int file)
    {
        var one = 1UL;
        _ = Write(file, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Makes it wait for the next <see cref="RaiseEvent"/>.</summary>
    public static void ClearEvent(int file)
    {
        var count = 0UL;
        _ = Read(file, (byte*)&count, sizeof(ulong));
    }

    /// <summary>A descriptor of a directory, to name what is in it by a short path.</summary>
    public static int OpenDirectory(string path) => Open(path, PathOnly | CloseOnExec, 0);

    public static void WriteSmall(string path, ReadOnlySpan<byte> text)
    {
        var file = Open(path, WriteOnly | CloseOnExec, 0);
        if (file >= 0)
        {
            fixed (byte* first = text)
            {
                _ = Write(file, first, (nuint)text.Length);
            }

            _ = Close(file);
        }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial uint FileMask(uint mask);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EventFile(uint first, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Read(int file, byte* text, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(int file, byte* text, nuint length);

    /// <summary>The flags of a descriptor of this process (F_GETFD); bit 0 says that it closes with a started program.</summary>
    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Control(int file, int command);

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(PollEntry* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "prlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Limit(int pid, int resource, ulong* set, ulong* get);

    [LibraryImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long SystemCall(long number, long a, long b, long c, long d);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignalSetEmpty(byte* set);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignalSetFill(byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PosixSpawn(int* pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnAddOpen(byte* actions, int file, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclose")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnAddClose(byte* actions, int file);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnAddDirectory(byte* actions, byte* path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnAttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnAttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnSetMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnSetDefaults(byte* attributes, byte* signals);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Seen;
    }

    /// <summary>C strings that live until it is disposed.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly List<nint> blocks = [];

        public byte* One(string text)
        {
            var size = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
            var block = (byte*)NativeMemory.Alloc((nuint)size);
            blocks.Add((nint)block);
            block[Encoding.UTF8.GetBytes(text, new Span<byte>(block, size - 1))] = 0;
            return block;
        }

        public byte** Many(IReadOnlyList<string> texts)
        {
            var block = (byte**)NativeMemory.Alloc((nuint)((texts.Count + 1) * sizeof(byte*)));
            blocks.Add((nint)block);
            for (var i = 0; i < texts.Count; i++)
            {
                block[i] = One(texts[i]);
            }

            block[texts.Count] = null;
            return block;
        }

        public void Dispose()
        {
            foreach (var block in blocks)
            {
                NativeMemory.Free((void*)block);
            }
        }
    }
}
