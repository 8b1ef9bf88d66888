namespace Muster.Agents.Inspect.Rules;

/// <summary>A pattern that is looked for around a match.</summary>
/// <param name="Lines">How many lines before and after the match are looked at; the match's own line always is.</param>
/// <param name="Pattern">What is looked for.</param>
public sealed record NearbyPattern(int Lines, RulePattern Pattern);
