namespace Muster.Loopback.Scripting;

/// <summary>Errors for everybody: the first requests, or all in a time, or both.</summary>
/// <param name="Fault">What each request gets.</param>
/// <param name="Requests">Ends after that many; null: only time ends it.</param>
/// <param name="Duration">Ends after that time; null: only requests end it.</param>
/// <param name="After">Begins that long after the server, or after it was ordered.</param>
public sealed record Storm(StepFault Fault, int? Requests, TimeSpan? Duration, TimeSpan After = default);
