namespace Muster.Pipeline;

/// <summary>Whether a module may be merged.</summary>
public enum QcVerdict
{
    /// <summary>It may.</summary>
    Pass,

    /// <summary>Its builder gets the findings and another try.</summary>
    FailMajor,

    /// <summary>The pipeline halts for a person.</summary>
    FailCritical,
}
