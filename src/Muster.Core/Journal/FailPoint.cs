using System.Globalization;
using System.Runtime.InteropServices;

namespace Muster.Journal;

/// <summary>Kills this process at a chosen journal write, as kill -9 would: how crash recovery is tested on the real program.</summary>
/// <remarks>Set by MUSTER_FAIL_POINT, e.g. <c>before:3</c> or <c>after:3</c>; without it, nothing is looked at but a null.</remarks>
internal static partial class FailPoint
{
    private const int SigKill = 9;
    private static readonly string? Chosen = Environment.GetEnvironmentVariable("MUSTER_FAIL_POINT");
    private static int writes;

    /// <summary>A write begins.</summary>
    public static void Before()
    {
        if (Chosen is not null)
        {
            writes++;
            Pass("before");
        }
    }

    /// <summary>It is durable.</summary>
    public static void After()
    {
        if (Chosen is not null)
        {
            Pass("after");
        }
    }

    private static void Pass(string side)
    {
        if (Chosen == string.Create(CultureInfo.InvariantCulture, $"{side}:{writes}"))
        {
            _ = Kill(Environment.ProcessId, SigKill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
