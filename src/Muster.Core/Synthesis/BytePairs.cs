namespace Muster.Synthesis;

/// <summary>Byte-pair encoding: the neighbours that are the lowest token are merged until no two are one.</summary>
internal static class BytePairs
{
    /// <summary>Cuts a word into tokens. Takes time quadratic in its length.</summary>
    /// <param name="vocabulary">The tokens; each single byte is one.</param>
    /// <param name="word">UTF-8.</param>
    /// <param name="ends">Takes where each token ends in the word; as long as the word.</param>
    /// <returns>How many tokens there are.</returns>
    public static int Cut(TokenVocabulary vocabulary, ReadOnlySpan<byte> word, Span<int> ends)
    {
        if (vocabulary.RankOf(word) is not TokenVocabulary.None)
        {
            ends[0] = word.Length;
            return 1;
        }

        // What stands at i is the part that ends at ends[i], and the rank of that part with the next.
        Span<int> ranks = word.Length <= 1_024 ? stackalloc int[word.Length] : new int[word.Length];
        for (var i = 0; i < word.Length; i++)
        {
            ends[i] = i + 1;
            ranks[i] = i + 1 < word.Length ? vocabulary.RankOf(word.Slice(i, 2)) : TokenVocabulary.None;
        }

        var count = word.Length;
        while (Lowest(ranks[..count]) is >= 0 and var at)
        {
            ends[(at + 1)..count].CopyTo(ends[at..]);
            ranks[(at + 1)..count].CopyTo(ranks[at..]);
            count--;
            ranks[at] = RankAt(vocabulary, word, ends[..count], at);
            if (at > 0)
            {
                ranks[at - 1] = RankAt(vocabulary, word, ends[..count], at - 1);
            }
        }

        return count;
    }

    private static int RankAt(TokenVocabulary vocabulary, ReadOnlySpan<byte> word, ReadOnlySpan<int> ends, int at) =>
        at + 1 == ends.Length ? TokenVocabulary.None : vocabulary.RankOf(word[(at == 0 ? 0 : ends[at - 1])..ends[at + 1]]);

    /// <summary>The first of the lowest ranks; -1 when no two parts are a token.</summary>
    private static int Lowest(ReadOnlySpan<int> ranks)
    {
        var (lowest, at) = (TokenVocabulary.None, -1);
        for (var i = 0; i < ranks.Length; i++)
        {
            if (ranks[i] < lowest)
            {
                (lowest, at) = (ranks[i], i);
            }
        }

        return at;
    }
}
