using Muster.Diagnosis;

namespace Muster.Tests.Diagnosis;

/// <summary>Tools and limits of a machine, each with how to get what is missing.</summary>
public sealed class MachineDiagnosisTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public async Task Little_memory_is_told_as_weak_and_much_with_what_it_is_enough_for()
    {
        home.File("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 1048576 kB\n");
        Assert.Equal("1,024 MiB free: 8 agents' processes of 128 MiB", (await FindAsync("memory")).Detail);

        home.File("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 102400 kB\n");
        var little = await FindAsync("memory");
        Assert.Equal(MachineStanding.Weak, little.Standing);
        Assert.Contains("--process-memory", little.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_groups_of_version_2_are_known_by_their_controllers()
    {
        Assert.Equal(MachineStanding.Absent, (await FindAsync("cgroup")).Standing);

        home.File("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n");
        Assert.Equal((MachineStanding.Good, "version 2, controllers: cpu memory pids"), ((await FindAsync("cgroup")).Standing, (await FindAsync("cgroup")).Detail));
    }

    [Fact]
    public async Task A_directory_of_runs_that_cannot_be_written_to_is_told_with_what_else_to_do()
    {
        var file = home.File("in-the-way", "x");

        var runs = (await MachineDiagnosis.LookAsync(Path.Combine(file, "runs"), home.Path, TestContext.Current.CancellationToken)).Single(f => f.Name == "runs");

        Assert.Equal(MachineStanding.Weak, runs.Standing);
        Assert.Contains("MUSTER_RUNS", runs.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_does_not_stand_well_comes_with_advice()
    {
        var findings = await MachineDiagnosis.LookAsync(Path.Combine(home.Path, "runs"), home.Path, TestContext.Current.CancellationToken);

        Assert.Equal(["muster", "embedded", "git", "runs", "isolation", "bubblewrap", "cgroup", "memory", "processors"], findings.Select(f => f.Name));
        Assert.All(findings.Where(f => f.Standing is MachineStanding.Weak), f => Assert.NotNull(f.Advice));
    }

    private async Task<MachineFinding> FindAsync(string name) =>
        (await MachineDiagnosis.LookAsync(Path.Combine(home.Path, "runs"), home.Path, TestContext.Current.CancellationToken)).Single(f => f.Name == name);
}
