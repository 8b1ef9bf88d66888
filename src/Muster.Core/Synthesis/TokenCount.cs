using System.Text;
using Microsoft.ML.Tokenizers;

namespace Muster.Synthesis;

/// <summary>Counts tokens as the o200k vocabulary cuts them: exact for models that use it, a close estimate for others.</summary>
/// <remarks>
/// Merging byte pairs takes time quadratic in the length of a word, so that one word of a megabyte would stop a run. Words, and rows of
/// spaces, are therefore cut every <see cref="LongestRun"/> characters; ordinary text is not touched by it.
/// </remarks>
public static class TokenCount
{
    private const int LongestRun = 256;

    private const int BytesPerToken = 4;

    private static readonly Lazy<Tokenizer> Vocabulary = new(() => TiktokenTokenizer.CreateForModel("gpt-4o"));

    /// <summary>Tokens of a text; 0 for an empty one. The first call takes a quarter of a second. Thread-safe.</summary>
    public static int Of(string text)
    {
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            var length = PieceAt(text, at);
            count += Vocabulary.Value.CountTokens(text.AsSpan(at, length));
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
            var count = Vocabulary.Value.CountTokens(piece);
            if (count > left)
            {
                return left <= 0 ? text[..at] : text[..(at + Vocabulary.Value.GetIndexByTokenCount(piece, left, out _, out _))];
            }

            (left, at) = (left - count, at + length);
        }

        return text;
    }

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
