using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Checks;

/// <summary>Commands that run what they download, unseen.</summary>
internal static partial class PipedDownload
{
    public static bool IsIn(string line) => Pattern().IsMatch(line);

    [GeneratedRegex(
        @"\b(?:curl|wget)\s[^|;&]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:/(?:usr/)?bin/)?(?:ba|z|da|k)?sh(?:\s|$|[;&)""'])"
        + @"|\b(?:ba|z)?sh\s+<\(\s*(?:curl|wget)\s|\b(?:ba|z|da)?sh\s+-c\s+[""']?\$\(\s*(?:curl|wget)\s",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
