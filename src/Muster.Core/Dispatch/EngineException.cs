namespace Muster.Dispatch;

/// <summary>An engine that cannot drive its run.</summary>
public sealed class EngineException : MusterException
{
    private EngineException(string message, string nextStep, Exception? inner = null)
        : base(message, nextStep, inner)
    {
    }

    internal static EngineException Replaced(string runId) => new(
        $"Another engine has taken over run {runId}; this one has stopped.",
        $"Follow it with 'muster watch {runId}'.");

    internal static EngineException Driven(string runId, string by) => new(
        $"Run {runId} is driven by another engine ({by}).",
        $"Follow it with 'muster watch {runId}', or end it with 'muster cancel {runId}'.");

    internal static EngineException JournalUncertain(string runId, string why) => new(
        $"The journal of run {runId} did not say whether the last entries were written: {why}.",
        $"Check the disk, then go on with 'muster resume {runId}'.");

    internal static EngineException JournalObstructed(string runId, string why) => new(
        $"The journal of run {runId} could not be written before the engine ended. {why}",
        $"Mend that, then go on with 'muster resume {runId}': what ended meanwhile is found again.");

    internal static EngineException NoSuchAgent(string agent, IEnumerable<string> known) => new(
        $"There is no agent '{agent}'.",
        $"Use one of: {string.Join(", ", known)}.");
}
