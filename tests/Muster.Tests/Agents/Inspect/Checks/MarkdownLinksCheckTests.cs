using Muster.Agents.Inspect.Checks;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class MarkdownLinksCheckTests() : CheckTest(new MarkdownLinksCheck())
{
    [Fact]
    public async Task A_link_and_an_image_to_nothing_are_found()
    {
        Write("README.md", "# A\n\nSee [guide](docs/guide.md).\n\n![shot](img/a.png)\n\n<img src=\"b.png\">\n");

        Assert.Equal(
            [("README.md:3", "markdown-links-target"), ("README.md:5", "markdown-links-image"), ("README.md:7", "markdown-links-image")],
            await FoundAsync());
    }

    [Fact]
    public async Task An_anchor_without_a_heading_and_a_link_out_of_the_root_are_found()
    {
        Write("README.md", "# A\n\n[x](#b)\n[y](docs/g.md#none)\n[z](../../other/file.md)\n");
        Write("docs/g.md", "# G\n");

        Assert.Equal(
            [("README.md:3", "markdown-links-anchor"), ("README.md:4", "markdown-links-anchor"), ("README.md:5", "markdown-links-outside")],
            await FoundAsync());
    }

    [Fact]
    public async Task Anchors_follow_the_rules_of_github()
    {
        Write("README.md", """
            # What's `new`?

            ## Set-up & run
            ## Set-up & run
            <a id="here"></a> and <a name="there"></a>

            <h2 align="center">Big <b>Title</b></h2>

            [a](#whats-new) [b](#set-up--run) [c](#set-up--run-1) [d](#here) [e](#there) [f](#big-title) [g](#top) [h](#)
            """);

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task Absolute_urls_code_directories_and_encoded_names_stay_silent()
    {
        Write("docs/my file.md", "# M\n");
        Write("README.md", """
            [a](https://example.com/x) [b](mailto:a@b.c) [c](docs) [d](docs/my%20file.md#m) [e](../../issues) `[x](none.md)`
            [f](docs/) [g]({{ site.url }}/x)

            ```
            [x](none.md)
            ```

                [x](none.md)

            <!-- [x](none.md) <img src="none.png"> -->
            """);

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task Hostile_nesting_neither_crashes_nor_hangs()
    {
        Write("a.md", string.Concat(Enumerable.Repeat("[", 20_000)) + "x](y.md)");
        Write("b.md", string.Concat(Enumerable.Repeat(">", 20_000)) + " x");
        Write("c.md", "[x](%00%zz.md) [y](../../../../../../etc/passwd)\n");

        Assert.NotEmpty(await FoundAsync());
    }
}
