using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Synthesis;

/// <summary>Counts tokens as the o200k vocabulary cuts them: exact for models that use it, a close estimate for others.</summary>
/// <remarks>
/// Merging byte pairs takes time quadratic in the length of a word, so that one word of a megabyte would stop a run. Words, and rows of
/// spaces, are therefore cut every <see cref="LongestRun"/> characters; ordinary text is not touched by it.
/// </remarks>
public static partial class TokenCount
{
    private const int LongestRun = 256;

    private const int BytesPerToken = 4;

    private static readonly Lazy<TokenVocabulary> Vocabulary = new(TokenVocabulary.Load);

    /// <summary>Tokens of a text; 0 for an empty one. The first call takes a tenth of a second. Thread-safe.</summary>
    public static int Of(string text)
    {
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = PieceAt(text, at);
            count += CountUpTo(text.AsSpan(at, length), int.MaxValue, out _);
            at += length;
        }

        return count;
    }

    /// <summary>Whether a text has at most so many tokens. A short one is not counted: a token is never less than a byte.</summary>
    public static bool Fits(string text, int tokens) => Encoding.UTF8.GetByteCount(text) <= tokens || Of(text) <= tokens;

    /// <summary>What a text of so many bytes comes to by rule of thumb, for figures that no limit rests on: counting takes longer than all else that is done with a worker's file.</summary>
    public static int About(long bytes) => checked((int)((bytes + BytesPerToken - 1) / BytesPerToken));

    /// <summary>The longest beginning of <paramref name="text"/> with at most <paramref name="tokens"/> tokens.</summary>
    public static string Beginning(string text, int tokens)
    {
        var left = tokens;
        for (var at = 0; at < text.Length;)
        {
            var length = PieceAt(text, at);
            var piece = text.AsSpan(at, length);
            var count = CountUpTo(piece, left, out var end);
            if (end < length)
            {
                return text[..(at + end)];
            }

            (left, at) = (left - count, at + length);
        }

        return text;
    }

    /// <summary>Tokens of a piece, as far as there are at most so many.</summary>
    /// <param name="piece">Text without a long word.</param>
    /// <param name="most">Where to stop.</param>
    /// <param name="end">How many of its characters they are.</param>
    private static int CountUpTo(ReadOnlySpan<char> piece, int most, out int end)
    {
        (var count, end) = (0, 0);
        foreach (var word in Words().EnumerateMatches(piece))
        {
            var tokens = CountWord(piece.Slice(word.Index, word.Length), most - count, out var fitting);
            (count, end) = (count + tokens, word.Index + fitting);
            if (fitting < word.Length)
            {
                break;
            }
        }

        return count;
    }

    private static int CountWord(ReadOnlySpan<char> word, int most, out int fitting)
    {
        var size = Encoding.UTF8.GetMaxByteCount(word.Length);
        var (bytes, ends) = (ArrayPool<byte>.Shared.Rent(size), ArrayPool<int>.Shared.Rent(size));
        var length = Encoding.UTF8.GetBytes(word, bytes);
        var count = BytePairs.Cut(Vocabulary.Value, bytes.AsSpan(0, length), ends);
        fitting = word.Length;
        if (count > most)
        {
            var end = most <= 0 ? 0 : ends[most - 1];
            while (end > 0 && (bytes[end] & 0xC0) == 0x80)
            {
                end--; // A token may end within a character.
            }

            (count, fitting) = (Math.Max(0, most), Encoding.UTF8.GetCharCount(bytes, 0, end));
        }

        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<int>.Shared.Return(ends);
        return count;
    }

    /// <summary>How the vocabulary's makers cut a text into words before they merged bytes; another cut would be another count.</summary>
    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)] // No word is longer than LongestRun, so that it is never reached.
    private static partial Regex Words();

    /// <summary>How far the text goes from <paramref name="start"/> until a word or a row of spaces gets too long.</summary>
    private static int PieceAt(string text, int start)
    {
        var run = 0;
        for (var i = start; i < text.Length; i++)
        {
            run = i > start && char.IsWhiteSpace(text[i]) == char.IsWhiteSpace(text[i - 1]) ? run + 1 : 1;
            if (run > LongestRun)
            {
                return (char.IsLowSurrogate(text[i]) ? i - 1 : i) - start;
            }
        }

        return text.Length - start;
    }
}
