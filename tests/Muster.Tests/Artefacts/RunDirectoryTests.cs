using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    /// <summary>Fault 57. The network disk is simulated: its name is what the kernel would give for it.</summary>
    [Theory]
    [InlineData("nfs4")]
    [InlineData("9p")]
    [InlineData("cifs")]
    [InlineData("smb3")]
    [InlineData("fuse.sshfs")]
    public void A_run_is_not_made_on_a_network_file_system(string name)
    {
        var error = Assert.Throws<RunDirectoryException>(() => RunDirectory.Create(home.Path, "20260101-000000-00000000", _ => name));

        Assert.Contains($"network file system ({name})", error.Message, StringComparison.Ordinal);
        Assert.Contains("--runs", error.NextStep, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(home.Path));
    }

    /// <summary>Fault 57: the name really is the kernel's, for a directory anywhere below a mount.</summary>
    [Fact]
    public void The_file_system_is_named_as_the_kernel_names_it()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("names of Linux");
        }

        Assert.Equal("proc", RunDirectory.FileSystemOf("/proc/self"));
        Assert.Equal("sysfs", RunDirectory.FileSystemOf("/sys/kernel"));
        Assert.NotNull(RunDirectory.Create(home.Path, "20260101-000000-00000000"));
    }
}
