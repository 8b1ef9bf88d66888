using Muster.Agents.Inspect.Checks;

namespace Muster.Tests.Agents.Inspect.Checks;

public sealed class HtmlAltCheckTests() : CheckTest(new HtmlAltCheck())
{
    [Fact]
    public async Task Images_without_alt_are_found_where_they_stand()
    {
        Write("index.html", "<!doctype html>\n<body>\n<img src=a.png>\n<p><img\n src=b.png></p>\n");
        Write("README.md", "# A\n\n![](a.png)\n\ntext ![ ](b.png)\n");

        Assert.Equal(
            [
                ("README.md:3", "html-alt-markdown-empty"), ("README.md:5", "html-alt-markdown-empty"),
                ("index.html:3", "html-alt-missing"), ("index.html:4", "html-alt-missing"),
            ],
            await FoundAsync());
    }

    [Fact]
    public async Task Described_decorative_and_bound_images_stay_silent()
    {
        Write("index.html", """
            <img alt="" src=a.png><img alt="A" src=a.png><img role=presentation src=b.png><img :alt="x" src=c.png>
            <img aria-hidden="true" src=d.png>
            <!-- <img src=e.png> -->
            <script>const s = "<img src=f.png>";</script>
            """);
        Write("README.md", "![a](a.png) ![`code`](b.png) `![](c.png)`\n\n```\n![](d.png)\n```\n");

        Assert.Empty(await FoundAsync());
    }

    [Fact]
    public async Task Hostile_nesting_neither_crashes_nor_hangs()
    {
        Write("a.html", string.Concat(Enumerable.Repeat("<div>", 5_000)) + "<img src=a>");
        Write("b.md", string.Concat(Enumerable.Repeat("![", 10_000)));

        Assert.Single(await FoundAsync());
    }
}
