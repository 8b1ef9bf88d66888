using System.Collections.Immutable;

namespace Muster.Plans;

/// <summary>What came of reading a plan: the plan, unless there is an error, and everything that was noticed at once.</summary>
/// <param name="Plan">Null when a problem is an error.</param>
/// <param name="Problems">In the order of the file; errors, warnings and notes.</param>
public sealed record PlanResult(Plan? Plan, ImmutableArray<PlanProblem> Problems)
{
    /// <summary>The plan, for a caller who cannot go on without one.</summary>
    /// <exception cref="PlanException">There is an error.</exception>
    public Plan OrThrow() => Plan ?? throw PlanException.Refused(Problems);
}
