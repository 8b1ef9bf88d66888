namespace Muster.Runs;

/// <summary>An event in its place.</summary>
/// <param name="Version">1-based position in the journal, without holes.</param>
/// <param name="Epoch">Of the engine that wrote it; never falls.</param>
/// <param name="At">When, UTC; monotonic within an epoch.</param>
/// <param name="Event">What happened.</param>
public sealed record RunEntry(long Version, long Epoch, DateTimeOffset At, RunEvent Event);
