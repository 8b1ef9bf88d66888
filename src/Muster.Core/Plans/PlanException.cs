using System.Collections.Immutable;

namespace Muster.Plans;

/// <summary>A plan that cannot be used.</summary>
public sealed class PlanException : MusterException
{
    private PlanException(string message, string nextStep, ImmutableArray<PlanProblem> problems)
        : base(message, nextStep) => Problems = problems;

    /// <summary>All that was noticed; the errors among them are why.</summary>
    public ImmutableArray<PlanProblem> Problems { get; }

    internal static PlanException Refused(ImmutableArray<PlanProblem> problems)
    {
        var errors = problems.Where(p => p.Severity == ProblemSeverity.Error).ToList();
        return new(
            string.Join('\n', errors),
            errors.Count == 1 ? "Mend it and try again; 'muster check PLAN' looks at a plan and runs nothing." : $"Mend these {errors.Count} and try again; 'muster check PLAN' looks at a plan and runs nothing.",
            problems);
    }

    internal static PlanException NoSuchCatalogPlan(string name, IEnumerable<string> known) => new(
        $"The catalog has no plan '{name}'.", $"Choose one of: {string.Join(", ", known)}.", []);
}
