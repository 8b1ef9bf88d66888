using Muster.Agents;

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
}
