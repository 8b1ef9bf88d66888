using System.Collections.Immutable;
using Muster.Artefacts;

namespace Muster.Contracts;

/// <summary>Collects what is wrong in all files of a directory of contracts, as many problems as a reader can use.</summary>
internal sealed class ContractProblems
{
    private const int Most = 200, MostShown = 80;

    private readonly List<ContractProblem> problems = [];
    private int more;

    public bool Any => problems.Count > 0;

    /// <summary>Text of unknown origin as a message may show it.</summary>
    public static string Shown(string text) => ReportText.Line(text, MostShown);

    public void Error(string file, int line, int column, string message, string nextStep)
    {
        if (problems.Count < Most)
        {
            problems.Add(new(file, line, column, message, nextStep));
        }
        else
        {
            more++;
        }
    }

    /// <summary>All of them by file, line and column.</summary>
    public ImmutableArray<ContractProblem> ToSorted()
    {
        var sorted = problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column).ToImmutableArray();
        return more == 0 ? sorted : sorted.Add(new(".", 0, 0, $"There are {more:N0} more problems.", "Mend these first, then check again."));
    }
}
