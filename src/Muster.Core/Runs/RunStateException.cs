namespace Muster.Runs;

/// <summary>A request that does not fit where the run stands.</summary>
public sealed class RunStateException : MusterException
{
    private RunStateException(string message, string nextStep)
        : base(message, nextStep)
    {
    }

    internal static RunStateException NoSuchStep(RunState run, string step) => new(
        $"Run {run.Header.RunId} has no step '{step}'.",
        $"List its tasks with 'muster show {run.Header.RunId}'.");

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

    internal static RunStateException NotOpen(RunState run) => new(
        $"Run {run.Header.RunId} is {run.Status} and has nothing left to stop.",
        $"See it with 'muster show {run.Header.RunId}'.");

    internal static RunStateException StillAtWork(RunState run) => new(
        $"{run.Live.Count:N0} attempts of run {run.Header.RunId} have begun and not ended.",
        $"Have them ended with 'muster resume {run.Header.RunId}' or 'muster cancel {run.Header.RunId}' first.");

    internal static RunStateException StillRunning(RunState run, string step) => new(
        $"Step '{step}' of run {run.Header.RunId} has not ended.",
        $"Wait for it with 'muster watch', or go on with the run: 'muster resume {run.Header.RunId}'.");
}
