using System.Text.RegularExpressions;

namespace Muster.Training;

/// <summary>Counts in how many phrasings a fact is there: a model that reads one thing ten times learns it by heart and nothing else.</summary>
/// <remarks>
/// Two pairs state one fact when their answers have the same words, or when they rest on the same sources and share four fifths of their words
/// (Jaccard 1912). A set is compared with the last <see cref="MostCompared"/> of the same sources, so that a file of any size takes linear time.
/// </remarks>
internal sealed partial class FactPhrasings
{
    /// <summary>Phrasings of a fact at most.</summary>
    public const int Most = 3;

    private const int MostCompared = 200;
    private const double SameFrom = 0.8;

    private readonly Dictionary<string, int> same = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<HashSet<string>>> near = new(StringComparer.Ordinal);

    /// <summary>Takes a pair in, unless its fact has all its phrasings already.</summary>
    public bool TryAdd(TrainingPair pair)
    {
        var words = WordPattern().Matches(pair.Answer.ToLowerInvariant()).Select(m => m.Value).ToList();
        var (answer, set) = (string.Join(' ', words), words.ToHashSet(StringComparer.Ordinal));
        var sources = string.Join('\n', pair.SourceRefs.Select(TrainingSource.PathOf).Order(StringComparer.Ordinal));
        if (!near.TryGetValue(sources, out var others))
        {
            near[sources] = others = new();
        }

        if (Math.Max(same.GetValueOrDefault(answer), others.Count(o => Shared(o, set) >= SameFrom)) >= Most)
        {
            return false;
        }

        same[answer] = same.GetValueOrDefault(answer) + 1;
        others.Enqueue(set);
        if (others.Count > MostCompared)
        {
            others.Dequeue();
        }

        return true;
    }

    private static double Shared(HashSet<string> a, HashSet<string> b)
    {
        var both = a.Count(b.Contains);
        return a.Count + b.Count == 0 ? 1 : (double)both / (a.Count + b.Count - both);
    }

    [GeneratedRegex(@"[\p{L}\p{N}_]+", RegexOptions.NonBacktracking)]
    private static partial Regex WordPattern();
}
