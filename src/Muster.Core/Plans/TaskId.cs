using System.Buffers;

namespace Muster.Plans;

/// <summary>What may be the id of a task or domain: it becomes a file's name on every system.</summary>
public static class TaskId
{
    /// <summary>The longest id.</summary>
    public const int MaxLength = 64;

    /// <summary>The rule, in words for people.</summary>
    public const string Rule =
        "Use 1 to 64 characters of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit and not ending with '.'.";

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly HashSet<string> Reserved = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"com{n}", $"lpt{n}" })], StringComparer.Ordinal);

    /// <summary>Why a text cannot be an id, as the end of a sentence; null when it can.</summary>
    public static string? WhyNot(string text)
    {
        if (text.Length == 0)
        {
            return "it is empty";
        }

        if (text.Length > MaxLength)
        {
            return $"it has {text.Length:N0} characters";
        }

        if (text.AsSpan().IndexOfAnyExcept(Allowed) is >= 0 and var at)
        {
            return char.IsControl(text[at]) ? "it has a control character" : $"it has {Shown(text, at)}";
        }

        if (text[0] is '.' or '_' or '-')
        {
            return $"it begins with '{text[0]}'";
        }

        if (text[^1] == '.')
        {
            return "it ends with '.', which Windows drops";
        }

        return Reserved.Contains(text.Split('.')[0]) ? "Windows keeps that name for a device" : null;
    }

    private static string Shown(string text, int at) =>
        char.IsSurrogatePair(text, Math.Min(at, Math.Max(0, text.Length - 2))) ? $"'{text.Substring(at, 2)}'"
        : char.IsSurrogate(text[at]) ? "half a character"
        : text[at] == ' ' ? "a space"
        : char.IsAsciiLetterUpper(text[at]) ? $"the capital '{text[at]}'"
        : $"'{text[at]}'";
}
