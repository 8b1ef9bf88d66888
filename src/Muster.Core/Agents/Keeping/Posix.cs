using System.Runtime.InteropServices;

namespace Muster.Agents.Keeping;

/// <summary>The few calls of the operating system that the keeper needs and .NET does not offer. Linux with glibc or musl.</summary>
internal static unsafe partial class Posix
{
    public const int SigKill = 9, SigTerm = 15;
    public const int NoEntry = 2, TryAgain = 11, NoMemory = 12, NotAllowed = 13, TooManyInSystem = 23, TooManyOpen = 24, NoChild = 10;

    private const int SubreaperOption = 36, FileSizeLimit = 1;
    private const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;
    private const int ReadOnly = 0, WriteCreateAppend = 0x1 | 0x40 | 0x400;

    /// <summary>Room for the library's opaque structures: the largest is 336 bytes.</summary>
    private const int Opaque = 1_024;

    /// <summary>Orphans of this process' descendants become its own children from here on, so that none is ever lost.</summary>
    public static void BecomeSubreaper() => _ = ProcessControl(SubreaperOption, 1, 0, 0, 0);

    /// <summary>No file of this process or its children grows beyond this.</summary>
    public static void LimitFileSize(ulong bytes)
    {
        var limit = stackalloc ulong[2] { bytes, bytes };
        _ = SetLimit(FileSizeLimit, limit);
    }

    /// <summary>Starts a program in a session of its own, with default signals and its three streams on files.</summary>
    /// <returns>0, or the error.</returns>
    public static int Spawn(
        IReadOnlyList<string> argv, IReadOnlyList<string> environment, string directory, string input, string output, string errors, out int pid)
    {
        var actions = stackalloc byte[Opaque];
        var attributes = stackalloc byte[Opaque];
        var none = stackalloc byte[128];
        var all = stackalloc byte[128];
        new Span<byte>(none, 128).Clear();
        new Span<byte>(all, 128).Fill(0xFF);
        _ = InitActions(actions);
        _ = InitAttributes(attributes);
        using var arguments = new NativeStrings(argv);
        using var variables = new NativeStrings(environment);
        try
        {
            _ = SetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
            _ = SetMask(attributes, none);
            _ = SetDefaults(attributes, all);
            _ = AddDirectory(actions, directory);
            _ = AddOpen(actions, 0, input, ReadOnly, 0);
            _ = AddOpen(actions, 1, output, WriteCreateAppend, 384);
            _ = AddOpen(actions, 2, errors, WriteCreateAppend, 384);
            return SpawnPath(out pid, argv[0], actions, attributes, arguments.Pointer, variables.Pointer);
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
        }
    }

    /// <summary>Waits for any child. Returns its pid, or the negated error.</summary>
    public static int WaitAny(out int status)
    {
        var pid = Wait(-1, out status, 0);
        return pid > 0 ? pid : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Exit code and signal of a status as wait hands it out.</summary>
    public static (int? Code, int? Signal) Ended(int status) => (status & 0x7F) == 0 ? ((status >> 8) & 0xFF, null) : (null, status & 0x7F);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, ulong* limit);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Wait(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SpawnPath(out int pid, string file, byte* actions, byte* attributes, byte** argv, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddDirectory(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMask(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetDefaults(byte* attributes, byte* set);

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly nint[] strings;

        public NativeStrings(IReadOnlyList<string> texts)
        {
            strings = [.. texts.Select(Marshal.StringToCoTaskMemUTF8)];
            Pointer = (byte**)NativeMemory.Alloc((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < strings.Length; i++)
            {
                Pointer[i] = (byte*)strings[i];
            }

            Pointer[strings.Length] = null;
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            NativeMemory.Free(Pointer);
            Array.ForEach(strings, Marshal.FreeCoTaskMem);
        }
    }
}
