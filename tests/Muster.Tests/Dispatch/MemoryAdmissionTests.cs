using Muster.Dispatch;
using Muster.Tests.Simulation;

namespace Muster.Tests.Dispatch;

/// <summary>A process starts where memory is left for it (fault 48: a machine out of memory kills at random); the last one never waits.</summary>
public sealed class MemoryAdmissionTests
{
    private static readonly DispatchOptions Options = new() { MemoryFloor = 100, MemoryPerProcess = 50 };

    private readonly Clock time = new();
    private readonly List<string> told = [];

    [Fact]
    public void Each_start_sets_its_share_aside_and_a_short_machine_is_told_once()
    {
        var admission = new MemoryAdmission(Options, time, () => 260);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(live => admission.Admits(live, told.Add)));
        Assert.Contains("Memory is short", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void With_nothing_under_way_one_may_always_start_and_with_no_reserve_all_may()
    {
        Assert.True(new MemoryAdmission(Options, time, () => 0).Admits(0, told.Add));
        Assert.True(new MemoryAdmission(Options with { MemoryPerProcess = 0 }, time, () => 0).Admits(11, told.Add));
        Assert.True(new MemoryAdmission(Options, time, () => null).Admits(11, told.Add));
        Assert.Empty(told);
    }

    [Fact]
    public void Memory_that_gets_free_is_seen()
    {
        var left = 120L;
        var admission = new MemoryAdmission(Options, time, () => left);
        Assert.False(admission.Admits(1, told.Add));

        left = 1_000;
        time.Now += TimeSpan.TicksPerSecond;

        Assert.True(admission.Admits(1, told.Add));
    }

    /// <summary>Simulated: cgroups are played by files, for a test may not move itself into one.</summary>
    [Theory]
    [InlineData("0::/a/b", "sys/fs/cgroup/a", "memory.max", "memory.current", "inactive_file")]
    [InlineData("5:cpu,memory:/a", "sys/fs/cgroup/memory/a", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")]
    public void The_limit_of_any_group_above_counts_with_its_cached_files_given_back(string group, string directory, string limit, string usage, string cached)
    {
        using var root = new TempDirectory();
        root.File("proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:    8000 kB\n");
        Assert.Equal(8_000 * 1_024, AvailableMemory.Read(root.Path));

        root.File("proc/self/cgroup", "9:cpuset:/x\n" + group + "\n");
        root.File($"{directory}/{limit}", "5000\n");
        root.File($"{directory}/{usage}", "4000\n");
        root.File($"{directory}/memory.stat", $"anon 3000\n{cached} 700\n");
        Assert.Equal(5_000 - 4_000 + 700, AvailableMemory.Read(root.Path));

        root.File($"{directory}/{limit}", "max\n");
        Assert.Equal(8_000 * 1_024, AvailableMemory.Read(root.Path));
    }

    [Fact]
    public void This_machine_says_what_it_has()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says it.");

        Assert.InRange(AvailableMemory.Read() ?? 0, 1 << 20, 1L << 50);
    }

    /// <summary>Whatever is held back, every run ends, and as many are under way as were let in.</summary>
    [Fact]
    public void A_loop_that_holds_starts_back_ends_all_the_same()
    {
        var heldBack = 0;
        for (var seed = 1; seed <= 100; seed++)
        {
            SimulatedRun.Go(seed, parts => parts with
            {
                Admit = (_, live) =>
                {
                    heldBack += live > 0 ? 1 : 0;
                    return live == 0;
                },
            });
        }

        Assert.True(heldBack > 100);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
