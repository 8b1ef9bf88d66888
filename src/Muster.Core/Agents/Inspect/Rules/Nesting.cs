using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Rules;

/// <summary>What a line stands in, read from the indentation of the lines above: code that people keep is indented as it nests.</summary>
internal static partial class Nesting
{
    private const int MaxDistance = 400;

    /// <summary>Whether the line is in the body of a loop of its own function.</summary>
    public static bool IsInLoop(string[] lines, int line)
    {
        foreach (var header in Enclosing(lines, line))
        {
            if (LoopPattern().IsMatch(header))
            {
                return true;
            }

            if (FunctionPattern().IsMatch(header))
            {
                return false; // What is defined in a loop does not run in it.
            }
        }

        return false;
    }

    /// <summary>Whether the nearest function around the line is marked async.</summary>
    public static bool IsInAsyncFunction(string[] lines, int line)
    {
        foreach (var header in Enclosing(lines, line))
        {
            if (FunctionPattern().IsMatch(header) || (MethodPattern().IsMatch(header) && !ControlPattern().IsMatch(header)))
            {
                return AsyncPattern().IsMatch(header);
            }
        }

        return false;
    }

    private static IEnumerable<string> Enclosing(string[] lines, int line)
    {
        var inside = Indent(lines[line]);
        for (var i = line - 1; i >= 0 && i > line - MaxDistance && inside > 0; i--)
        {
            var text = lines[i].AsSpan().Trim();
            var indent = Indent(lines[i]);
            if (text.IsEmpty || indent >= inside || text[0] is '#' or '/' or '*')
            {
                continue;
            }

            // "{" alone, or ") {", ends a header that began above at the same depth.
            inside = text[0] is '{' or ')' ? indent + 1 : indent;
            yield return lines[i];
        }
    }

    private static int Indent(string line)
    {
        var width = 0;
        foreach (var c in line)
        {
            if (c is not (' ' or '\t'))
            {
                break;
            }

            width += c == '\t' ? 4 : 1;
        }

        return width;
    }

    [GeneratedRegex(
        @"^\s*(?:\}\s*)?(?:'\w+:\s*)?(?:(?:await\s+foreach|foreach|for|async\s+for|while|until)\b|do\s*(?:\{|$)|loop\s*(?:\{|do\b))|\.(?:each|each_with_index|times)\b.*\bdo\b|\.(?:forEach|ForEach)\s*\(",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LoopPattern();

    [GeneratedRegex(@"\b(?:def|function|func|fn|lambda)\b|=>|\bfun\s+\w+\s*\(", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex FunctionPattern();

    [GeneratedRegex(@"^\s*(?:[\w<>\[\],.?*&:]+\s+)*~?[\w$.<>]+\s*\(", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex MethodPattern();

    [GeneratedRegex(@"^\s*(?:\}\s*)?(?:if|else|for|foreach|while|switch|catch|using|lock|fixed|return|await|do|try|with|elif|except|new|throw|yield|var|let|const)\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ControlPattern();

    [GeneratedRegex(@"\basync\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex AsyncPattern();
}
