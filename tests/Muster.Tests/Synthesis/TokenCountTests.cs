using CsCheck;
using Muster.Synthesis;

namespace Muster.Tests.Synthesis;

public sealed class TokenCountTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("hello world", 2)]
    public void Known_texts_have_their_known_counts(string text, int tokens) => Assert.Equal(tokens, TokenCount.Of(text));

    /// <summary>Fault 27: one word, or one row of spaces, of megabytes is counted in time that grows with its length.</summary>
    [Theory]
    [InlineData('x')]
    [InlineData(' ')]
    [InlineData('漢')]
    public void A_megabyte_without_a_break_is_counted(char c) => Assert.InRange(TokenCount.Of(new(c, 1 << 20)), 1_000, 2 << 20);

    [Fact]
    public void A_beginning_has_at_most_its_tokens_and_is_one() =>
        Gen.Select(Gen.String[0, 2_000], Gen.Int[0, 300]).Sample((text, tokens) =>
        {
            var beginning = TokenCount.Beginning(text, tokens);
            return text.StartsWith(beginning, StringComparison.Ordinal) && TokenCount.Of(beginning) <= tokens + 1;
        });
}
