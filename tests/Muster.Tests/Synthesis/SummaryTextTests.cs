using Muster.Synthesis;

namespace Muster.Tests.Synthesis;

public sealed class SummaryTextTests
{
    [Theory]
    [InlineData("One is here. Two is there and goes on and on.", 9, "One is here. [cut; the rest is in x.md]")]
    [InlineData("2 findings.\n- first at a.py:1\n- second at b.py:2\n- third at c.py:3", 13, "2 findings.\n- first at a.py:1 [cut; the rest is in x.md]")]
    public void A_long_text_is_cut_at_the_end_of_a_sentence_or_of_a_line(string text, int words, string cut) =>
        Assert.Equal(cut, SummaryText.Cut(text, words, 100, "x.md"));

    [Fact]
    public void A_short_text_is_left_as_it_is() => Assert.Equal("One is here.", SummaryText.Cut(" One is here.\n", 9, 100, "x.md"));
}
