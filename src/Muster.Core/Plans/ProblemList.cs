using System.Collections.Immutable;

namespace Muster.Plans;

/// <summary>Collects the problems of one plan, as many as a person can use.</summary>
internal sealed class ProblemList(string file)
{
    private const int Most = 200;

    private readonly List<PlanProblem> problems = [];
    private int more;

    public string File => file;

    public bool HasErrors => problems.Exists(p => p.Severity == ProblemSeverity.Error);

    public void Error(int line, int column, string message, string nextStep) =>
        Add(new(ProblemSeverity.Error, file, line, column, message, nextStep));

    public void Error(PlanText at, string message, string nextStep) => Error(at.Line, at.Column, message, nextStep);

    public void Error(PlanNode at, string message, string nextStep) => Error(at.Line, at.Column, message, nextStep);

    public void Warning(int line, int column, string message, string nextStep) =>
        Add(new(ProblemSeverity.Warning, file, line, column, message, nextStep));

    public void Note(int line, int column, string message, string nextStep) =>
        Add(new(ProblemSeverity.Note, file, line, column, message, nextStep));

    public void Add(PlanProblem problem)
    {
        if (problems.Count < Most)
        {
            problems.Add(problem);
        }
        else
        {
            more++;
        }
    }

    /// <summary>All of them: the plan's own by line, then those of other files in the order they were met.</summary>
    public ImmutableArray<PlanProblem> ToSorted()
    {
        var sorted = problems
            .OrderBy(p => p.File == file ? 0 : 1)
            .ThenBy(p => p.File == file ? p.Line : 0)
            .ThenBy(p => p.File == file ? p.Column : 0)
            .ToImmutableArray();
        return more == 0
            ? sorted
            : sorted.Add(new(ProblemSeverity.Error, file, 0, 0, $"There are {more:N0} more problems.", "Mend these first, then check again."));
    }
}
