namespace Muster.Tests.Plans;

internal static class StringExtensions
{
    public static string ReplaceFirst(this string text, string old, string with) =>
        text.IndexOf(old, StringComparison.Ordinal) is >= 0 and var at ? string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + old.Length)) : text;
}
