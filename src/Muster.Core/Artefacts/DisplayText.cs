using System.Text;
using System.Text.RegularExpressions;

namespace Muster.Artefacts;

/// <summary>Makes text of unknown origin safe to show: in a terminal, a report, a journal's line.</summary>
public static partial class DisplayText
{
    /// <summary>The text without escape sequences, control characters (line feed and tab stay), text-direction marks and lone surrogates.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in EscapePattern().Replace(text, string.Empty).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !IsHidden(rune.Value))
            {
                clean.Append(rune); // A lone surrogate arrives here as U+FFFD.
            }
        }

        return clean.ToString();
    }

    private static bool IsHidden(int value) => value is < 0x20 or (>= 0x7F and <= 0x9F)
        or 0x00AD or 0x115F or 0x1160 or 0x180E or 0x3164 or 0xFFA0 or (>= 0xFE00 and <= 0xFE0F) // Invisible: they could part a secret.
        or 0x061C or (>= 0x200B and <= 0x200F) or (>= 0x2028 and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF
        or (>= 0xFFF9 and <= 0xFFFB) or 0xFFFE or 0xFFFF or (>= 0xE0000 and <= 0xE0FFF);

    /// <summary>CSI and OSC sequences of ECMA-48, and two-byte escapes.</summary>
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)?|[@-Z\\^_])", RegexOptions.NonBacktracking)]
    private static partial Regex EscapePattern();
}
