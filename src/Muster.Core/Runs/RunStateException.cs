namespace Muster.Runs;

/// <summary>A request that does not fit where the run stands.</summary>
public sealed class RunStateException : MusterException
{
    private RunStateException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    /// <summary>Whether it was asked wrongly, rather than something having gone wrong.</summary>
    public bool IsUsage { get; private init; }

    internal static RunStateException NoSuchStep(RunState run, string step) => new(
        $"Run {run.Header.RunId} has no step '{step}'.",
        $"List its tasks with 'muster show {run.Header.RunId}'.");

    internal static RunStateException NotUndecided(RunState run, string step)
    {
        var waiting = run.Undecided.Select(u => run.Table[u.Step].Key).Order(StringComparer.Ordinal).ToList();
        return new(
            $"No decision about '{step}' of run {run.Header.RunId} is waited for.",
            waiting.Count == 0 ? $"Nothing of it waits for one; go on with 'muster resume {run.Header.RunId}'."
                : $"Decide about one of: {string.Join(", ", waiting.Take(20))}{(waiting.Count > 20 ? $" and {waiting.Count - 20:N0} more" : string.Empty)}; '*' stands for all.")
        { IsUsage = true };
    }

    internal static RunStateException NothingToRetry(RunState run) => run.IsFinished
        ? new(
            $"Run {run.Header.RunId} has no gap: {run.Census}.",
            "To do one finished task again, name it: 'muster retry RUN --task ID'.")
        : new(
            $"Run {run.Header.RunId} has not ended and has no gap so far: {run.Census}.",
            $"Go on with it: 'muster resume {run.Header.RunId}'.");

    internal static RunStateException NoPrice(RunState run, int step, RunModel model) => new(
        $"Nobody knows what the model '{model.Model}' of agent {model.Agent} costs, which '{run.Table[step].Id}' of run {run.Header.RunId} uses, so a limit in USD cannot be held.",
        $"Put its price under 'models: {model.Model}: prices:' in muster.yaml in your configuration directory (see docs/agents-and-money.md), or limit --max-tokens instead.");

    internal static RunStateException NoSuchGate(RunState run, string gate) => new(
        $"Run {run.Header.RunId} has no gate '{gate}'" + (run.Gates.Count == 0 ? "." : $"; it has {string.Join(", ", run.Gates.Select(g => g.Name))}."),
        $"See what waits for a person with 'muster approve --show {run.Header.RunId}'.");

    internal static RunStateException OtherSubject(RunState run, GateState gate, string sha256) => new(
        $"The gate '{gate.Name}' of run {run.Header.RunId} is about {gate.Sha256[..12]}, and not about '{sha256}': what was looked at has changed, or is another.",
        $"Look at it as it is now, 'muster approve --show {run.Header.RunId}', and decide on that.");

    internal static RunStateException Decided(RunState run, GateState gate) => new(
        $"The gate '{gate.Name}' of run {run.Header.RunId} was {(gate.Standing is GateStanding.Approved ? "approved" : "rejected")} by {gate.By} already; the first decision counts.",
        $"Go on with the run: 'muster resume {run.Header.RunId}'.");

    internal static RunStateException NoReason(RunState run, GateState gate) => new(
        $"The gate '{gate.Name}' of run {run.Header.RunId} cannot be rejected without a reason: it is what the next attempt works from.",
        "Give one with --because \"…\".");

    internal static RunStateException NotOpen(RunState run) => new(
        $"Run {run.Header.RunId} is {run.Status} and has nothing left to stop.",
        $"See it with 'muster show {run.Header.RunId}'.");

    internal static RunStateException StillAtWork(RunState run) => new(
        $"{run.Live.Count:N0} attempts of run {run.Header.RunId} have begun and not ended.",
        $"Have them ended with 'muster resume {run.Header.RunId}' or 'muster cancel {run.Header.RunId}' first.");

    internal static RunStateException WentOn(RunState run, int step) => new(
        $"The build {run.Header.RunId} has gone on from '{run.Table[step].Key}', so that is not done again: what was built upon it would be lost.",
        $"A gate of what follows can be rejected with your words; see 'muster approve --show {run.Header.RunId}'. Else begin a build anew on what there is.");

    internal static RunStateException StillRunning(RunState run, string step) => new(
        $"Step '{step}' of run {run.Header.RunId} has not ended.",
        $"Wait for it with 'muster watch', or go on with the run: 'muster resume {run.Header.RunId}'.");
}
