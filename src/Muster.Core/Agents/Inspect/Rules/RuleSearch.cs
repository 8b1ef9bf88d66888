using System.Buffers;
using System.Text.RegularExpressions;

namespace Muster.Agents.Inspect.Rules;

/// <summary>One rule made ready to look through texts.</summary>
internal sealed class RuleSearch
{
    private const int MostMilliseconds = 3_000;

    private readonly SearchValues<string>? hints;
    private readonly PathFilter globs;
    private readonly PathFilter exclude;

    public RuleSearch(Rule rule)
    {
        Rule = rule;
        globs = new(rule.Globs);
        exclude = new(rule.Exclude);
        hints = rule.Hints.IsEmpty
            ? null
            : SearchValues.Create([.. rule.Hints], rule.Pattern.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    public Rule Rule { get; }

    /// <summary>Whether the rule is about this path.</summary>
    public bool IsAbout(string path, bool isTest) => !(isTest && Rule.SkipsTests) && globs.Contains(path) && !exclude.Contains(path);

    /// <summary>Whether the text can hold a match at all.</summary>
    public bool MayMatch(string text) => hints is null || text.AsSpan().ContainsAny(hints);

    /// <summary>Every place where the rule holds, in order; at most one a line.</summary>
    /// <exception cref="RegexMatchTimeoutException">A pattern took too long on this text.</exception>
    public IEnumerable<RuleMatch> In(SourceText source)
    {
        var isAsked = false;
        var deadline = Environment.TickCount64 + MostMilliseconds;
        foreach (var match in Rule.IsMultiline ? InWhole(source, deadline) : InLines(source, deadline))
        {
            // The whole file is asked once, and only where there is something to ask about.
            if (!isAsked && !Suits(source.Text))
            {
                yield break;
            }

            isAsked = true;
            yield return match;
        }
    }

    private bool Suits(string text) =>
        Rule.IfFile?.Regex.IsMatch(text) != false && Rule.UnlessFile?.Regex.IsMatch(text) != true;

    private IEnumerable<RuleMatch> InWhole(SourceText source, long deadline)
    {
        var last = -1;
        for (var match = Rule.Pattern.Regex.Match(source.Text); match.Success; match = match.NextMatch())
        {
            HoldTo(deadline);
            var start = match.Groups["at"] is { Success: true } at ? at.Index : match.Index;
            var line = source.LineAt(start);
            if (line > last && Holds(source, line, start - source.Offsets[line], match))
            {
                last = line;
                yield return Make(line, start - source.Offsets[line], match, source.Offsets[line]);
            }
        }
    }

    private IEnumerable<RuleMatch> InLines(SourceText source, long deadline)
    {
        for (var line = NextLine(source, 0); line < source.Lines.Length; line = NextLine(source, line + 1))
        {
            HoldTo(deadline);
            for (var match = Rule.Pattern.Regex.Match(source.Lines[line]); match.Success; match = match.NextMatch())
            {
                var column = match.Groups["at"] is { Success: true } at ? at.Index : match.Index;
                if (Holds(source, line, column, match))
                {
                    yield return Make(line, column, match, 0);
                    break;
                }
            }
        }
    }

    /// <summary>A limit for each line alone would let a file of many lines hold a task up for hours.</summary>
    private void HoldTo(long deadline)
    {
        if (Environment.TickCount64 > deadline)
        {
            throw new RegexMatchTimeoutException(string.Empty, Rule.Pattern.Text, TimeSpan.FromMilliseconds(MostMilliseconds));
        }
    }

    /// <summary>The next line with a hint in it, found in the whole text at once.</summary>
    private int NextLine(SourceText source, int line)
    {
        if (hints is null || line >= source.Lines.Length)
        {
            return line;
        }

        var from = source.Offsets[line];
        var found = source.Text.AsSpan(from).IndexOfAny(hints);
        return found < 0 ? source.Lines.Length : source.LineAt(from + found);
    }

    private bool Holds(SourceText source, int line, int column, Match match)
    {
        if (Rule.MinEntropy > 0 && Entropy.BitsPerCharacter(match.Groups["secret"].Value) < Rule.MinEntropy)
        {
            return false;
        }

        var kind = source.KindAt(line, column);
        if ((kind == TextKind.Comment && Rule.SkipsComments) || (kind == TextKind.String && !Rule.InStrings))
        {
            return false;
        }

        if (Rule.Unless?.Regex.IsMatch(source.Lines[line]) == true
            || (Rule.UnlessNear is { } unless && IsNear(source.Lines, line, unless))
            || (Rule.IfNear is { } near && !IsNear(source.Lines, line, near))
            || Rule.ValueFrom?.Holds(source.Lines, line, match.Groups["value"].Value) == false)
        {
            return false;
        }

        return Rule.Within switch
        {
            RuleSurroundings.Loop => Nesting.IsInLoop(source.Lines, line),
            RuleSurroundings.AsyncFunction => Nesting.IsInAsyncFunction(source.Lines, line),
            _ => true,
        } && !(Rule.SkipsTests && source.IsInlineTest(line));
    }

    private static bool IsNear(string[] lines, int line, NearbyPattern near)
    {
        for (var i = Math.Max(0, line - near.Lines); i <= Math.Min(lines.Length - 1, line + near.Lines); i++)
        {
            if (near.Pattern.Regex.IsMatch(lines[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static RuleMatch Make(int line, int column, Match match, int offset) =>
        match.Groups["secret"] is { Success: true } secret
            ? new(line, column, secret.Index - offset, secret.Value)
            : new(line, column, int.MaxValue, null);
}
