using System.Collections.Immutable;

namespace Muster.Plans;

/// <summary>A domain of a plan.</summary>
/// <param name="Id">Unique in the plan.</param>
/// <param name="Title">For people.</param>
/// <param name="Tasks">As written; a <c>foreach</c> stands for many.</param>
/// <param name="At">Where its id stands in the plan.</param>
public sealed record PlanDomain(string Id, string Title, ImmutableArray<PlanTask> Tasks, PlanText At);
