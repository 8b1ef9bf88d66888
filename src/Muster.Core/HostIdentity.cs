using System.Reflection;

namespace Muster;

/// <summary>Names this machine's boot and this program, for the journal.</summary>
internal static class HostIdentity
{
    /// <summary>Changes with every boot: a process id of another boot means nothing. Empty where the system has none.</summary>
    public static string BootId { get; } =
        File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : string.Empty;

    /// <summary>Version of Muster.</summary>
    public static string Version { get; } =
        typeof(HostIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
