using System.Collections.Immutable;

namespace Muster.Training;

/// <summary>What a project's pairs are, in numbers.</summary>
/// <param name="Pairs">All of them.</param>
/// <param name="Expired">Of these, those not to be used any more.</param>
/// <param name="MeanQuality">Mean of their scores, rounded to hundredths; 0 where there are none.</param>
/// <param name="ByTaxonomy">All seven types, also those that have none.</param>
/// <param name="ByDifficulty">easy, medium, hard.</param>
/// <param name="ByModule">A pair counts for each module that it references.</param>
public sealed record TrainingStats(
    int Pairs,
    int Expired,
    decimal MeanQuality,
    ImmutableSortedDictionary<string, int> ByTaxonomy,
    ImmutableSortedDictionary<string, int> ByDifficulty,
    ImmutableSortedDictionary<string, int> ByModule)
{
    /// <summary>Counts them.</summary>
    public static TrainingStats Of(IReadOnlyCollection<TrainingPair> pairs, DateOnly today) => new(
        pairs.Count,
        pairs.Count(p => p.IsExpired(today)),
        pairs.Count == 0 ? 0 : Math.Round(pairs.Average(p => p.QualityScore), 2),
        Enum.GetValues<TrainingTaxonomy>().ToImmutableSortedDictionary(t => t.ToString().ToLowerInvariant(), t => pairs.Count(p => p.Taxonomy == t)),
        pairs.CountBy(p => p.Difficulty).ToImmutableSortedDictionary(c => c.Key, c => c.Value),
        pairs.SelectMany(p => p.ModulesReferenced.Distinct()).CountBy(m => m).ToImmutableSortedDictionary(c => c.Key, c => c.Value));
}
