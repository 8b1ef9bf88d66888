using System.Collections.Immutable;

namespace Muster.Training;

/// <summary>One question and its answer, as a line of a JSONL file in chat format.</summary>
/// <param name="Id">From 1; unique in the project, growing within a file.</param>
/// <param name="System">What the model is told first; null: nothing.</param>
/// <param name="Question">The user's message.</param>
/// <param name="Answer">The assistant's message; 20 to 800 tokens.</param>
/// <param name="Taxonomy">What it teaches.</param>
/// <param name="SourceRefs">Files that say so, relative to the project's root, with or without <c>:line</c>; at least one.</param>
/// <param name="ModulesReferenced">Names of modules that it speaks of.</param>
/// <param name="HopCount">How many facts have to be put together; 1 to 5.</param>
/// <param name="Difficulty">easy, medium or hard.</param>
/// <param name="QualityScore">0 to 1, as its author judges.</param>
/// <param name="ExpiresAt">First day on which it is not to be used; null: none.</param>
public sealed record TrainingPair(
    int Id,
    string? System,
    string Question,
    string Answer,
    TrainingTaxonomy Taxonomy,
    ImmutableArray<string> SourceRefs,
    ImmutableArray<string> ModulesReferenced,
    int HopCount,
    string Difficulty,
    decimal QualityScore,
    DateOnly? ExpiresAt)
{
    /// <summary>Whether it is not to be used any more.</summary>
    public bool IsExpired(DateOnly today) => ExpiresAt <= today;

    /// <summary>The line, without its end.</summary>
    /// <param name="withMetadata">False for trainers that refuse keys beside <c>messages</c>.</param>
    public string ToJson(bool withMetadata = true) => TrainingLine.Write(this, withMetadata);
}
