namespace Muster.Plans;

/// <summary>One thing that is wrong, or worth knowing, in a plan or in a file that it names.</summary>
/// <param name="Severity">Whether the plan is refused for it.</param>
/// <param name="File">The plan's name as it was given, or the name of the items' file.</param>
/// <param name="Line">From 1; 0 where it speaks of the whole file.</param>
/// <param name="Column">From 1; 0 where it speaks of the whole line.</param>
/// <param name="Message">What is wrong, a full sentence.</param>
/// <param name="NextStep">What to do about it, a full sentence.</param>
public sealed record PlanProblem(
    ProblemSeverity Severity, string File, int Line, int Column, string Message, string NextStep)
{
    /// <summary>One line in the form that editors jump to: <c>plan.yaml:12:9: error: … …</c></summary>
    public override string ToString()
    {
        var place = (Line, Column) switch
        {
            (0, _) => File,
            (_, 0) => $"{File}:{Line}",
            _ => $"{File}:{Line}:{Column}",
        };
        var severity = Severity switch
        {
            ProblemSeverity.Error => "error",
            ProblemSeverity.Warning => "warning",
            _ => "note",
        };
        return $"{place}: {severity}: {Message} {NextStep}";
    }
}
