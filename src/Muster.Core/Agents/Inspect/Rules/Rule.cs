using System.Collections.Immutable;
using Muster.Artefacts;
using Muster.Plans;

namespace Muster.Agents.Inspect.Rules;

/// <summary>One thing to look for in text, as a pack's file describes it.</summary>
/// <param name="Id">Kebab-case, at least two words, unique over all packs.</param>
/// <param name="Severity">How much a match matters.</param>
/// <param name="Globs">The files that it is about.</param>
/// <param name="Exclude">The files among them that it is not about.</param>
/// <param name="Pattern">What is looked for: in each line, or in the whole text where the rule is multiline.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Advice">What to do.</param>
/// <param name="Examples">What it finds and what it leaves alone.</param>
public sealed record Rule(
    string Id,
    Severity Severity,
    ImmutableArray<Glob> Globs,
    ImmutableArray<Glob> Exclude,
    RulePattern Pattern,
    string Message,
    string Advice,
    RuleExamples Examples)
{
    /// <summary>Whether the pattern goes over line ends.</summary>
    public bool IsMultiline { get; init; }

    /// <summary>Whether tests, fixtures, samples and the like are left out.</summary>
    public bool SkipsTests { get; init; }

    /// <summary>Whether text in comments and docstrings is left out.</summary>
    public bool SkipsComments { get; init; } = true;

    /// <summary>Whether a match may begin inside a string literal; else it must begin in code.</summary>
    public bool InStrings { get; init; }

    /// <summary>What a match must stand in.</summary>
    public RuleSurroundings Within { get; init; }

    /// <summary>At least one of these stands in every match: a cheap first look. Empty when nothing can be said.</summary>
    public ImmutableArray<string> Hints { get; init; } = [];

    /// <summary>No finding where this matches the line.</summary>
    public RulePattern? Unless { get; init; }

    /// <summary>No finding where this matches a line near.</summary>
    public NearbyPattern? UnlessNear { get; init; }

    /// <summary>A finding only where this matches a line near.</summary>
    public NearbyPattern? IfNear { get; init; }

    /// <summary>A finding only where the value that the group <c>value</c> names comes from there.</summary>
    public ValueOrigin? ValueFrom { get; init; }

    /// <summary>No finding in a file that this matches anywhere.</summary>
    public RulePattern? UnlessFile { get; init; }

    /// <summary>A finding only in a file that this matches somewhere.</summary>
    public RulePattern? IfFile { get; init; }

    /// <summary>The group <c>secret</c> must have at least so many bits of entropy a character; 0 asks nothing.</summary>
    public double MinEntropy { get; init; }
}
