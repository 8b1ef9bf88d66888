namespace Muster.Training;

/// <summary>What a training pair teaches: seven types, of which each has a question of its own.</summary>
public enum TrainingTaxonomy
{
    /// <summary>What is it? One thing that a source says.</summary>
    Fact,

    /// <summary>How is it done? Steps in order.</summary>
    Procedure,

    /// <summary>How does it hang together? Two or more modules, or facts of several sources.</summary>
    Relation,

    /// <summary>Why is it so? The reason of a decision.</summary>
    Rationale,

    /// <summary>What else was there? Alternatives, and what speaks for each.</summary>
    Comparison,

    /// <summary>What went wrong, how is it known, what mends it?</summary>
    Diagnosis,

    /// <summary>What must or must not be done? Contracts, locks, limits.</summary>
    Constraint,
}
