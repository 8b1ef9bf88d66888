using Muster.Artefacts;
using Muster.Plans;

namespace Muster.Planning;

/// <summary>A goal for which no plan was made.</summary>
public sealed class PlanningException : MusterException
{
    private const int MostProblems = 10;
    private const int LongestProblem = 400;

    private PlanningException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    /// <summary>The planner's last proposal is no plan that may be run.</summary>
    public static PlanningException Refused(Proposal last, int repairs, string run)
    {
        var errors = last.Problems.Where(p => p.Severity is ProblemSeverity.Error).ToList();
        var shown = errors.Take(MostProblems).Select(p => "  " + ReportText.Line(p.ToString(), LongestProblem));
        return new(
            $"No plan was made: the proposal was sent back {(repairs == 1 ? "once" : $"{repairs} times")}, and {(errors.Count == 1 ? "an error is" : $"{errors.Count} errors are")} left.\n{string.Join('\n', shown)}",
            $"The last proposal lies in {last.File}: mend it by hand and run 'muster check' on it, or say the goal more narrowly in a new 'muster plan'. What it cost is in 'muster show {run}'.");
    }

    /// <summary>The planner left nothing that counts.</summary>
    public static PlanningException Failed(string reason, string run) => new(
        $"No plan was made: {ReportText.Line(reason, LongestProblem).TrimEnd('.')}.",
        $"Look at what was tried with 'muster show {run}'; 'muster retry {run}' and then 'muster plan --resume {run}' try it again.");
}
