namespace Muster.Plans;

/// <summary>How bad a problem of a plan is.</summary>
public enum ProblemSeverity
{
    /// <summary>Worth knowing; nothing has to be done.</summary>
    Note,

    /// <summary>The plan can run, and will probably disappoint.</summary>
    Warning,

    /// <summary>The plan is refused.</summary>
    Error,
}
