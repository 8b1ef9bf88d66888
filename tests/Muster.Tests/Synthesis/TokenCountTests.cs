using System.Text;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Muster.Synthesis;

namespace Muster.Tests.Synthesis;

public sealed class TokenCountTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("hello world", 2)]
    public void Known_texts_have_their_known_counts(string text, int tokens) => Assert.Equal(tokens, TokenCount.Of(text));

    /// <summary>The library that the vocabulary comes with is the judge; it takes too much memory to be used.</summary>
    [Fact]
    public void Texts_of_every_kind_are_counted_as_the_library_of_the_vocabulary_counts_them()
    {
        var judge = TiktokenTokenizer.CreateForModel("gpt-4o");
        string[] words =
        [
            "hello", "World", "it's", "THEY'LL", "camelCaseName", "snake_case", "12345", "3.14", " ", "  ", "\n", "\r\n", "\n\n  ", "\t", "...", "!=", "//", "{}",
            "漢字", "かな", "Straße", "naïve", "e\u0301", "Привет", "שלום", "مرحبا", "👍🏽", "🇩🇪", "\u200b", "\ud800", "\udc00x", "ǅ", "ſ", "\0", "ﬁ", "١٢٣", "x²",
        ];
        var texts = Gen.OneOf(Gen.Int[0, words.Length - 1].Array[0, 60].Select(picked => string.Concat(picked.Select(i => words[i]))), Gen.String[0, 200]);
        texts.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))) // Half a character cannot stand in a file.
            .Sample(text => TokenCount.Of(text) == judge.CountTokens(text));
    }

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
