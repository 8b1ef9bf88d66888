namespace Muster.Bench;

/// <summary>A directory for one measurement, under TMPDIR. Deleted at the end only: ext4 makes files slowly for a while after many were deleted.</summary>
internal sealed class BenchDirectory : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("muster-bench-").FullName;

    public string Of(string name) => Path.Combine(path, name);

    public void Dispose() => Directory.Delete(path, recursive: true);
}
