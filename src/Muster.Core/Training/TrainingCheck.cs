using System.Collections.Immutable;
using Muster.Contracts;

namespace Muster.Training;

/// <summary>Checks training pairs by code; nothing of them is taken on their author's word.</summary>
public static class TrainingCheck
{
    /// <summary>What is wrong in one file that an agent wrote, with its lines.</summary>
    /// <param name="file">Absolute path.</param>
    /// <param name="context">What it is checked against.</param>
    /// <param name="firstId">The id that the first pair must have; null: any.</param>
    public static ImmutableArray<ContractProblem> Check(string file, TrainingContext context, int? firstId = null)
    {
        var problems = new ContractProblems();
        Check(TrainingFile.Read(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file), problems), Path.GetFileName(file), context, problems, firstId);
        return problems.ToSorted();
    }

    /// <summary>What is wrong in all files of a project, with their lines: the same, and ids that two files have. Pairs may have expired.</summary>
    /// <param name="directory">Absolute path of the project's <c>.orchestration/training</c>.</param>
    /// <param name="context">What they are checked against.</param>
    public static ImmutableArray<ContractProblem> CheckAll(string directory, TrainingContext context)
    {
        var (problems, rules, phrasings) = (new ContractProblems(), new PairRules(context), new FactPhrasings());
        var seen = new Dictionary<int, string>();
        foreach (var name in TrainingStore.FilesIn(directory))
        {
            var last = 0;
            foreach (var (line, pair) in TrainingFile.Read(directory, name, problems))
            {
                if (!seen.TryAdd(pair.Id, name))
                {
                    problems.Error(name, line, 0, $"The id {pair.Id} is in {seen[pair.Id]} already.", "Give each pair an id of its own.");
                }
                else if (pair.Id < last)
                {
                    problems.Error(name, line, 0, $"The id {pair.Id} stands behind {last}.", "Keep the ids of a file in sequence.");
                }

                last = pair.Id;
                Tell(rules.Broken(pair, isNew: false), phrasings.TryAdd(pair), name, line, problems);
            }
        }

        return problems.ToSorted();
    }

    private static void Check(
        ImmutableArray<(int Line, TrainingPair Pair)> pairs, string name, TrainingContext context, ContractProblems problems, int? firstId)
    {
        var (rules, phrasings, next) = (new PairRules(context), new FactPhrasings(), firstId);
        foreach (var (line, pair) in pairs)
        {
            if (next is not null && pair.Id != next)
            {
                problems.Error(name, line, 0, $"The id is {pair.Id} where {next} comes next.", "Number the pairs one after the other.");
            }

            next = pair.Id + 1;
            Tell(rules.Broken(pair, isNew: true), phrasings.TryAdd(pair), name, line, problems);
        }
    }

    /// <summary>Adds what is wrong with one pair.</summary>
    internal static bool Tell(IEnumerable<(string Message, string NextStep)> broken, bool isFresh, string name, int line, ContractProblems problems)
    {
        var isGood = isFresh;
        foreach (var (message, nextStep) in broken)
        {
            problems.Error(name, line, 0, message, nextStep);
            isGood = false;
        }

        if (!isFresh)
        {
            problems.Error(name, line, 0, $"This fact is there in {FactPhrasings.Most} phrasings already.", "Ask about something else.");
        }

        return isGood;
    }
}
