using Muster.Agents;
using Muster.Artefacts;

namespace Muster.Tests.Agents.Cli;

public sealed class HandedInTests
{
    private const string File = "# T\n\n## Findings\n\n- none\n\n<!-- DONE -->\n";

    [Theory]
    [InlineData(File + "Done. Nothing found.", "Done. Nothing found.")]
    [InlineData(File + "\n\nDone. Nothing found.\n", "Done. Nothing found.")]
    [InlineData("```markdown\n" + File + "```\nDone. Nothing found.", "Done. Nothing found.")]
    [InlineData("\n" + File, "")]
    public void Up_to_the_sentinel_is_the_file_and_the_rest_is_returned(string message, string returned) =>
        Assert.Equal((File, returned), HandedIn.Split(message));

    [Fact]
    public void A_sentinel_that_is_quoted_on_the_way_is_not_the_end() =>
        Assert.Equal(("# T\n<!-- DONE -->\nmore\n<!-- DONE -->\n", "Done."), HandedIn.Split("# T\n<!-- DONE -->\nmore\n<!-- DONE -->\nDone."));

    [Fact]
    public void Without_a_sentinel_nothing_was_handed_in() =>
        Assert.Equal(((string?)null, "Failed. I cannot read it."), HandedIn.Split("Failed. I cannot read it.\n"));

    /// <summary>Fault 10: what there is of a half file is kept, and is found to be half.</summary>
    [Fact]
    public void A_message_without_a_sentinel_is_kept_and_does_not_count()
    {
        using var directory = new TempDirectory();
        System.IO.File.WriteAllText(Path.Combine(directory.Path, "last-message.md"), "# T\n\n## Findi");

        Assert.Equal("# T\n\n## Findi", HandedIn.Take(Path.Combine(directory.Path, "last-message.md"), Path.Combine(directory.Path, "output.md")));

        var rejected = Assert.IsType<Verdict.Rejected>(Verifier.Verify(directory.Path, new()));
        Assert.Contains("may be half written", rejected.Reason, StringComparison.Ordinal);
        Assert.Equal("# T\n\n## Findi", System.IO.File.ReadAllText(Path.Combine(directory.Path, "output.md")));
    }
}
