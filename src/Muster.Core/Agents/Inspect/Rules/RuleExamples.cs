using System.Collections.Immutable;

namespace Muster.Agents.Inspect.Rules;

/// <summary>Texts that show what a rule finds and what it leaves alone; the tests run them all.</summary>
/// <param name="File">The path that the texts are given.</param>
/// <param name="Bad">Texts with a finding.</param>
/// <param name="Good">Texts with none.</param>
public sealed record RuleExamples(string File, ImmutableArray<string> Bad, ImmutableArray<string> Good);
