using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Synthesis;

namespace Muster.Memory;

/// <summary>Holds a brain's text to its size: what does not fit is parted off whole, never dropped.</summary>
internal static class BrainText
{
    /// <summary>Words that a brain has at most, its pointer included.</summary>
    public const int MaxWords = 2_000;

    private const string PointerStart = "> Older text: ";

    /// <summary>The part that is kept, from the beginning, and the parts that are moved, in order.</summary>
    /// <param name="text">A brain's text: what matters now stands first.</param>
    /// <param name="archive">The file that takes what is moved, as the pointer names it.</param>
    /// <param name="hasOlder">Whether that file has something already, so that the pointer stays.</param>
    public static (string Kept, ImmutableArray<string> Moved) Split(string text, string archive, bool hasOlder)
    {
        var pointer = $"{PointerStart}{archive}";
        var paragraphs = Paragraphs(text);
        if (SummaryText.CountWords(string.Join(' ', paragraphs)) is var all && all + (hasOlder ? SummaryText.CountWords(pointer) : 0) <= MaxWords)
        {
            return (Joined(hasOlder ? [.. paragraphs, pointer] : paragraphs), []);
        }

        var left = MaxWords - SummaryText.CountWords(pointer);
        var kept = new List<string>();
        var moved = new List<string>();
        foreach (var paragraph in paragraphs)
        {
            var words = SummaryText.CountWords(paragraph);
            if (moved.Count == 0 && words <= left)
            {
                kept.Add(paragraph);
                left -= words;
            }
            else if (moved.Count == 0 && Cut(paragraph, left) is > 0 and var at && left > MaxWords / 2) // One long paragraph: most of the room would stay empty.
            {
                kept.Add(paragraph[..at].TrimEnd());
                moved.Add(paragraph[at..].TrimStart());
            }
            else
            {
                moved.Add(paragraph);
            }
        }

        while (kept.Count > 0 && kept[^1].StartsWith('#') && !kept[^1].Contains('\n'))
        {
            moved.Insert(0, kept[^1]); // A heading goes with what stands below it.
            kept.RemoveAt(kept.Count - 1);
        }

        return (Joined([.. kept, pointer]), [.. moved]);
    }

    /// <summary>Blocks of lines that a blank line parts; a fenced block stays whole. The pointer of an earlier cut is none.</summary>
    public static ImmutableArray<string> Paragraphs(string text)
    {
        var paragraphs = ImmutableArray.CreateBuilder<string>();
        var lines = new List<string>();
        var fence = default(CodeFence);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Append(string.Empty))
        {
            if (fence.Take(line) || !string.IsNullOrWhiteSpace(line))
            {
                lines.Add(line.TrimEnd());
            }
            else if (lines.Count > 0)
            {
                paragraphs.Add(string.Join('\n', lines));
                lines.Clear();
            }
        }

        if (lines.Count > 0)
        {
            paragraphs.Add(string.Join('\n', lines)); // A fence that is never closed.
        }

        return [.. paragraphs.Where(p => !p.StartsWith(PointerStart, StringComparison.Ordinal))];
    }

    /// <summary>Where to cut so that at most so many words stay: behind the last sentence that fits, else behind the last word.</summary>
    private static int Cut(string text, int words)
    {
        var (count, inWord, sentence, word) = (0, false, 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var isSpace = char.IsWhiteSpace(text[i]);
            count += !isSpace && !inWord ? 1 : 0;
            if (count > words)
            {
                break;
            }

            word = isSpace && inWord ? i : word;
            sentence = isSpace && inWord && text[i - 1] is '.' or '!' or '?' ? i : sentence;
            inWord = !isSpace;
        }

        return sentence > 0 ? sentence : word;
    }

    private static string Joined(IReadOnlyList<string> paragraphs) => paragraphs.Count == 0 ? string.Empty : string.Join("\n\n", paragraphs) + "\n";
}
