namespace Muster.Pipeline;

/// <summary>A step of a build that is code: it checks, merges or moves a branch.</summary>
internal interface IEngineStep
{
    /// <summary>The beginning of its steps' keys, up to the first slash.</summary>
    string Name { get; }

    /// <summary>Carries it out. It may have been carried out before, wholly or in part, by an engine that was killed: it comes to the same.</summary>
    /// <exception cref="StageRefusedException">It cannot be done as things stand.</exception>
    /// <exception cref="MusterException">Likewise, and why in two sentences.</exception>
    /// <exception cref="IOException">The machine failed.</exception>
    Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop);
}
