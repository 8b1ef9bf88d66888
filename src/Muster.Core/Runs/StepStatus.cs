namespace Muster.Runs;

/// <summary>Where a step stands; the diagram is in docs/run-lifecycle.md.</summary>
public enum StepStatus : byte
{
    /// <summary>Not launched yet, or sent back by a person.</summary>
    Pending,

    /// <summary>An attempt was started and has not ended.</summary>
    Running,

    /// <summary>The last attempt failed or was lost, and another one follows.</summary>
    Retrying,

    /// <summary>Its artefact is published and sealed.</summary>
    Verified,

    /// <summary>Its last attempt failed and no other follows: a gap.</summary>
    Failed,

    /// <summary>It never ran and will not: a dependency failed, or its agent was stopped.</summary>
    Skipped,
}
