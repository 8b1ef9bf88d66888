using CsCheck;
using Muster.Memory;
using Muster.Synthesis;

namespace Muster.Tests.Memory;

public sealed class ProjectMemoryTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private ProjectMemory Memory => new(directory.Path);

    private string Archive => Path.Combine(directory.Path, "brains/archive/auth.md");

    [Fact]
    public void A_brain_that_fits_is_kept_as_it_is()
    {
        Assert.Null(Memory.Brain("auth"));

        var saved = Memory.WriteBrain("auth", "# Now\n\nTokens work.\n");

        Assert.Equal(("brains/auth.md", 4, 0), (saved.Path, saved.Words, saved.ArchivedWords));
        Assert.Equal("# Now\n\nTokens work.\n", Memory.Brain("auth"));
        Assert.False(File.Exists(Archive));
    }

    [Fact]
    public void What_is_too_long_goes_to_the_archive_from_a_paragraph_on_with_a_pointer()
    {
        var paragraphs = Enumerable.Range(1, 30).Select(i => $"P{i} " + string.Join(' ', Enumerable.Repeat("word", 98)) + ".").ToList();

        var saved = Memory.WriteBrain("auth", string.Join("\n\n", paragraphs));

        Assert.InRange(saved.Words, 1_900, ProjectMemory.MaxBrainWords);
        var brain = Memory.Brain("auth")!;
        Assert.EndsWith("\n\n> Older text: archive/auth.md\n", brain, StringComparison.Ordinal);
        Assert.All(paragraphs, p => Assert.True(brain.Contains(p, StringComparison.Ordinal) != File.ReadAllText(Archive).Contains(p, StringComparison.Ordinal)));
        Assert.StartsWith("P1 ", brain, StringComparison.Ordinal);
    }

    [Fact]
    public void One_long_paragraph_is_cut_behind_a_sentence()
    {
        Memory.WriteBrain("auth", string.Concat(Enumerable.Range(1, 600).Select(i => $"Sentence number {i} stands here. ")));

        Assert.EndsWith("stands here.\n\n> Older text: archive/auth.md\n", Memory.Brain("auth")!, StringComparison.Ordinal);
        Assert.StartsWith("Sentence number 400 stands here.", File.ReadAllText(Archive), StringComparison.Ordinal);
    }

    [Fact]
    public void A_heading_goes_with_what_stands_below_it()
    {
        var first = string.Join(' ', Enumerable.Repeat("a", 1_900));
        Memory.WriteBrain("auth", $"{first}\n\n## Later\n\n{string.Join(' ', Enumerable.Repeat("b", 150))}");

        Assert.DoesNotContain("## Later", Memory.Brain("auth")!, StringComparison.Ordinal);
        Assert.StartsWith("## Later\n\nb b", File.ReadAllText(Archive), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_new_brain_no_longer_says_is_archived_once()
    {
        Memory.WriteBrain("auth", "Old truth.\n\nStays.\n");

        Memory.WriteBrain("auth", "New truth.\n\nStays.\n");
        Memory.WriteBrain("auth", "New truth.\n\nStays.\n");

        Assert.Equal("Old truth.\n", File.ReadAllText(Archive));
        Assert.Equal("New truth.\n\nStays.\n\n> Older text: archive/auth.md\n", Memory.Brain("auth"));
    }

    [Fact]
    public void No_word_is_ever_lost_whatever_is_written() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 300], Gen.Int[1, 40]).Array[1, 4].Sample(brains =>
        {
            using var place = new TempDirectory();
            var memory = new ProjectMemory(place.Path);
            var words = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (index, (count, length, every)) in brains.Index())
            {
                var paragraphs = Enumerable.Range(0, count).Select(p => string.Join(' ', Enumerable.Range(0, length).Select(w => $"b{index}p{p}w{w}{(w % every == 0 ? "." : string.Empty)}"))).ToList();
                words.UnionWith(paragraphs.SelectMany(p => p.Split(' ')));
                Assert.InRange(memory.WriteBrain("r", string.Join("\n\n", paragraphs)).Words, 1, ProjectMemory.MaxBrainWords);
            }

            var archive = Path.Combine(place.Path, "brains/archive/r.md");
            var there = (memory.Brain("r") + (File.Exists(archive) ? File.ReadAllText(archive) : string.Empty)).Split([' ', '\n']).ToHashSet(StringComparer.Ordinal);
            Assert.Empty(words.Except(there));
        }, iter: 30);

    [Fact]
    public void A_secret_is_masked_and_a_link_is_not_written_through()
    {
        Memory.WriteBrain("auth", "The key is AKIAABCDEFGHIJKLMNOP for now.\n");
        Assert.Contains("AKIA**** (20 characters)", Memory.Brain("auth")!, StringComparison.Ordinal);

        using var elsewhere = new TempDirectory();
        Directory.CreateSymbolicLink(Path.Combine(directory.Path, "sessions"), elsewhere.Path);
        Assert.Throws<MemoryException>(() => Memory.WriteSummary("auth", "1", "Done.", "x"));
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));
    }

    [Theory]
    [InlineData("../auth")]
    [InlineData("-auth")]
    [InlineData("Auth")]
    [InlineData("")]
    public void A_role_is_a_plain_name(string role) => Assert.Throws<MemoryException>(() => Memory.WriteBrain(role, "x"));

    [Fact]
    public void Summaries_are_held_short_and_the_newest_come_first()
    {
        Memory.WriteSummary("auth", "20261124-1", "First.", "a.md");
        Memory.WriteSummary("auth", "20261125-1", string.Concat(Enumerable.Repeat("Some sentence stands here. ", 200)), "attempts/b.md");

        var summaries = Memory.Summaries("auth", 5);

        Assert.Equal(2, summaries.Length);
        Assert.EndsWith("[cut; the rest is in attempts/b.md]\n", summaries[0], StringComparison.Ordinal);
        Assert.InRange(SummaryText.CountWords(summaries[0]), 200, 299);
        Assert.Equal("First.\n", summaries[1]);
        Assert.Single(Memory.Summaries("auth", 1));
        Assert.Empty(Memory.Summaries("web", 5));
    }
}
