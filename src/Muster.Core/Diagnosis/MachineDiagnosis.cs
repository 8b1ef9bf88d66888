using Muster.Agents;
using Muster.Agents.Keeping;
using Muster.Dispatch;
using Muster.Git;

namespace Muster.Diagnosis;

/// <summary>Looks at the tools and limits of this machine that every run has to do with.</summary>
public static class MachineDiagnosis
{
    private const long LeastMemory = 512L << 20, LeastDisk = 1L << 30, ProcessMemory = 128L << 20;

    /// <summary>A finding for each, in the order in which they are told.</summary>
    /// <param name="runs">The directory of runs.</param>
    /// <param name="root">"/"; another directory in tests.</param>
    /// <param name="cancellationToken">Ends the programs that are asked.</param>
    public static async Task<IReadOnlyList<MachineFinding>> LookAsync(string runs, string root, CancellationToken cancellationToken) =>
    [
        new("muster", MachineStanding.Good, $"{HostIdentity.Version}, .NET {Environment.Version}, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}"),
        new("embedded", MachineStanding.Good, $"inspect with {BuiltInAgents.Checks.Length} checks, scripted, command: no key, no network, no cost"),
        await GitAsync(cancellationToken),
        Runs(runs),
        OperatingSystem.IsLinux()
            ? new("isolation", MachineStanding.Good, "files of agents are opened by openat2, through no link")
            : new("isolation", MachineStanding.Weak, "links in agents' output are looked for before opening, not by the kernel", "Run agents that you do not trust on Linux."),
        await BubblewrapAsync(cancellationToken),
        Groups(root),
        Memory(root),
        Environment.ProcessorCount > 1
            ? new("processors", MachineStanding.Good, $"{Environment.ProcessorCount}")
            : new("processors", MachineStanding.Weak, "1", "Agents that are programs will wait for one another."),
    ];

    private static async Task<MachineFinding> GitAsync(CancellationToken cancellationToken) =>
        await GitCommand.ReadAsync("/", ["--version"], cancellationToken) is { } version
            ? new("git", MachineStanding.Good, version.Trim())
            : new("git", MachineStanding.Weak, "not found: files are listed without .gitignore, and there is no history", "Install git: 'apt install git', or https://git-scm.com.");

    private static MachineFinding Runs(string runs)
    {
        try
        {
            Directory.CreateDirectory(runs);
            var probe = Path.Combine(runs, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, "x");
            File.Delete(probe);
            var drive = new DriveInfo(runs);
            var text = $"{runs}, {drive.AvailableFreeSpace >> 20:N0} MiB free on {drive.DriveFormat}";
            return drive.AvailableFreeSpace > LeastDisk ? new("runs", MachineStanding.Good, text)
                : new("runs", MachineStanding.Weak, text, "Remove old runs with 'muster clean', or name another place with '--runs DIR' or MUSTER_RUNS.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new("runs", MachineStanding.Weak, $"{runs} cannot be written to: {e.Message}", "Name another place with '--runs DIR' or MUSTER_RUNS.");
        }
    }

    private static async Task<MachineFinding> BubblewrapAsync(CancellationToken cancellationToken)
    {
        const string Name = "bubblewrap";
        if (!OperatingSystem.IsLinux() || ProgramSearch.OnPath("bwrap", Environment.GetEnvironmentVariable("PATH")) is not { } path)
        {
            return new(Name, MachineStanding.Absent, "not found: agents have no sandbox but their own", OperatingSystem.IsLinux() ? "Install it: 'apt install bubblewrap'." : "It is there on Linux alone.");
        }

        var (code, output) = await ShortProgram.RunAsync(path, ["--ro-bind", "/", "/", "true"], TimeSpan.FromSeconds(5), Path.GetTempPath(), cancellationToken);
        return code == 0
            ? new(Name, MachineStanding.Good, $"{path} makes sandboxes")
            : new(Name, MachineStanding.Weak, $"{path} cannot make a sandbox here: {ShortProgram.FirstLine(output)}", "Allow unprivileged user namespaces (kernel.unprivileged_userns_clone, or the container's security profile).");
    }

    private static MachineFinding Groups(string root)
    {
        var controllers = Path.Combine(root, "sys/fs/cgroup/cgroup.controllers");
        return File.Exists(controllers)
            ? new("cgroup", MachineStanding.Good, $"version 2, controllers: {File.ReadAllText(controllers).Trim()}")
            : new("cgroup", MachineStanding.Absent, "no version 2 at /sys/fs/cgroup: a limit of memory of version 1 is read, others are not known", OperatingSystem.IsLinux() ? "Boot with systemd.unified_cgroup_hierarchy=1, or leave it." : null);
    }

    private static MachineFinding Memory(string root) => AvailableMemory.Read(root) switch
    {
        null => new("memory", MachineStanding.Absent, "what is free is not told here, so starts of agents never wait for it"),
        >= LeastMemory and var bytes => new("memory", MachineStanding.Good, $"{bytes >> 20:N0} MiB free: {bytes / ProcessMemory:N0} agents' processes of 128 MiB"),
        var bytes => new("memory", MachineStanding.Weak, $"{bytes >> 20:N0} MiB free: agents' processes will wait for one another", "End what takes memory, or set '--process-memory' lower."),
    };
}
