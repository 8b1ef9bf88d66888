using System.Text.RegularExpressions;

namespace Muster.Synthesis;

/// <summary>Holds what agents return within its limits, whatever they wrote.</summary>
public static partial class SummaryText
{
    /// <summary>Words that a coordinator's summary stays under.</summary>
    public const int MaxWords = 300;

    /// <summary>Tokens that a coordinator's summary may have: what 300 words of English and paths come to.</summary>
    public const int MaxTokens = 450;

    /// <summary>Tokens that a worker's return line may have.</summary>
    public const int MaxLineTokens = 60;

    private const int MaxRead = 64 * 1024;

    /// <summary>Words, parted by white space.</summary>
    public static int CountWords(string text)
    {
        var (words, inWord) = (0, false);
        foreach (var c in text)
        {
            var isSpace = char.IsWhiteSpace(c);
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return words;
    }

    /// <summary>What is too long about a coordinator's summary, in words for its next prompt; null when nothing is.</summary>
    public static string? TooLong(string summary)
    {
        if (summary.Length > MaxRead || CountWords(summary) is var words && words >= MaxWords)
        {
            return $"the summary has {CountWords(summary):N0} words; it must stay under {MaxWords}, the rest belongs in the file";
        }

        return TokenCount.Of(summary) is var tokens && tokens > MaxTokens
            ? $"the summary has {tokens:N0} tokens; it must stay under {MaxTokens}, the rest belongs in the file"
            : null;
    }

    /// <summary>The text, or its beginning up to the last sentence or line that fits, with a pointer to the file that has the rest.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="words">Most words of the result.</param>
    /// <param name="tokens">Most tokens of the result, the pointer included.</param>
    /// <param name="pointer">Where the rest stands.</param>
    public static string Cut(string text, int words, int tokens, string pointer)
    {
        text = (text.Length > MaxRead ? text[..MaxRead] : text).Trim();
        if (text.Length < MaxRead && CountWords(text) <= words && TokenCount.Fits(text, tokens))
        {
            return text;
        }

        var tail = $" [cut; the rest is in {pointer}]";
        var beginning = FirstWords(text, Math.Max(0, words - CountWords(tail)));
        beginning = TokenCount.Beginning(beginning, tokens - TokenCount.Of(tail) - 1);
        return beginning[..LastSentenceEnd(beginning)].TrimEnd() + tail;
    }

    /// <summary>A worker's return as one short line.</summary>
    public static string OneLine(string text, string pointer) =>
        Cut(WhiteSpace().Replace(text.Length > MaxRead ? text[..MaxRead] : text, " "), 40, MaxLineTokens, pointer);

    /// <summary>Where the last whole sentence ends; the text's end when none does. The end of a line ends a sentence too: lists have no full stops.</summary>
    private static int LastSentenceEnd(string text)
    {
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if ((text[i] is '.' or '!' or '?' && (i == text.Length - 1 || char.IsWhiteSpace(text[i + 1])))
                || (!char.IsWhiteSpace(text[i]) && IsLineEnd(text.AsSpan(i + 1))))
            {
                return i + 1;
            }
        }

        return text.Length;
    }

    private static bool IsLineEnd(ReadOnlySpan<char> rest) => rest.TrimStart(" \t\r") is ['\n', ..];

    private static string FirstWords(string text, int words)
    {
        var (count, inWord) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            var isSpace = char.IsWhiteSpace(text[i]);
            count += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
            if (count > words)
            {
                return text[..i];
            }
        }

        return text;
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}
