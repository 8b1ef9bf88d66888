using System.Collections.Immutable;

namespace Muster.Runs;

/// <summary>What a step of a build is asked, beside its role: all that its prompt or its code needs and that is not in the tree.</summary>
/// <remarks>It stands in the journal, so that an attempt can be made, or made again, without the state that led to it.</remarks>
public sealed record StepAsk
{
    /// <summary>The module; null for a step that is for the whole project.</summary>
    public string? Module { get; init; }

    /// <summary>1-based: which time this is asked, each time for another reason than a failed attempt.</summary>
    public int Round { get; init; } = 1;

    /// <summary>Full hash of the commit that the step starts from, or works on; null where it needs none.</summary>
    public string? Commit { get; init; }

    /// <summary>Why it is asked again: findings, evidence, a person's words; null in the first round.</summary>
    public string? Because { get; init; }

    /// <summary>Keys of verified steps whose published files are fed to it, in order.</summary>
    public ImmutableArray<string> Inputs { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What the stage alone understands, as JSON; null where there is nothing more to say.</summary>
    public string? Detail { get; init; }
}
