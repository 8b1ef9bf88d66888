using Muster.Artefacts;

namespace Muster.Tests.Artefacts;

/// <summary>Files appear whole, in directories that are made when the first one comes.</summary>
public sealed class PublisherTests : IDisposable
{
    private readonly TempDirectory home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Many_may_be_the_first_in_a_directory()
    {
        for (var round = 0; round < 300; round++)
        {
            var directory = Path.Combine(home.Path, $"d{round}", "inner");

            Parallel.For(0, 8, i => Publisher.Write(Path.Combine(directory, $"{i}.md"), "x"u8));

            Assert.Equal(8, Directory.GetFiles(directory).Length);
        }
    }

    [Fact]
    public void A_file_is_replaced_whole_and_nothing_is_left_beside_it()
    {
        var path = Path.Combine(home.Path, "a.md");
        Publisher.Write(path, "first"u8);

        var seal = Publisher.Publish("second", path, "a", 2);

        Assert.Equal("second", SealedFile.Read(path, seal));
        Assert.Equal([path], Directory.GetFiles(home.Path));
    }
}
