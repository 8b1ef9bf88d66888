using System.Collections.Immutable;
using Muster.Plans;

namespace Muster.Agents.Scripted;

/// <summary>What the tasks that match a pattern do.</summary>
/// <param name="Pattern">Over task ids (<c>sec-*</c>) and step keys (<c>synthesis/security/*</c>).</param>
/// <param name="Steps">At least one: the first attempt's, the second's, …</param>
public sealed record ScriptRule(Glob Pattern, ImmutableArray<ScriptStep> Steps);
