using Muster.Artefacts;
using Muster.Runs;

namespace Muster.Tests.Artefacts;

/// <summary>The layout of a run stays what it was, whichever of its empty directories a copy lacks.</summary>
public sealed class RunLayoutTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(2_000, true)]
    public void The_layout_is_known_again_when_an_empty_directory_is_missing(int tasks, bool isSpread)
    {
        using var home = new TempDirectory();
        var run = RunDirectory.Create(home.Path, "20260102-030405-0a1b2c3d");
        run.LayOut(tasks);
        File.WriteAllText(run.Journal, string.Empty);
        foreach (var empty in Directory.GetDirectories(run.In("workers")).Where(d => !d.EndsWith("7f", StringComparison.Ordinal)))
        {
            Directory.Delete(empty);
        }

        var name = RunDirectory.Open(run.Path).PublishedName(Role.Worker, "sec-1");

        Assert.Equal(run.PublishedName(Role.Worker, "sec-1"), name);
        Assert.Equal(isSpread, name.Split('/').Length == 3);
    }
}
