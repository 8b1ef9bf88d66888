namespace Muster.Runs;

/// <content>Attempts that may have been paid for, and of which nobody can find out what became of them.</content>
public static partial class RunDecider
{
    private const int MostNamed = 5;

    /// <summary>The attempt stays as it is: another look may tell, or a person decides. It is not at work meanwhile.</summary>
    private static IReadOnlyList<RunEvent> LeaveUndecided(RunState run, RunCommand.LeaveUndecided c)
    {
        var step = IndexOf(run, c.Step);
        if (run.LiveAttemptOf(step, c.Attempt) is not { Used: null } attempt)
        {
            return [];
        }

        return IsCurrent(run, step, c.Attempt)
            ? [new RunEvent.AttemptUndecided(c.Step, c.Attempt, c.Reason)]
            : [new RunEvent.AttemptDiscarded(c.Step, c.Attempt, $"{Outdated}: {c.Reason}", run.UsageOfUntold(step, attempt))];
    }

    private static List<RunEvent> DecideSteps(RunState run, RunCommand.DecideSteps c)
    {
        var said = c.IsSkipped ? "a person decided to skip it" : "a person decided to do it again";
        var (events, skipped) = (new List<RunEvent>(), new HashSet<string>(StringComparer.Ordinal));
        var undecided = run.Undecided.ToDictionary(u => run.Table[u.Step].Key, u => run.LiveAttemptOf(u.Step, u.Attempt)!, StringComparer.Ordinal);
        foreach (var key in c.Steps.Distinct())
        {
            var attempt = undecided.GetValueOrDefault(key) ?? throw RunStateException.NotUndecided(run, key);
            events.Add(new RunEvent.AttemptDiscarded(key, attempt.Attempt, said, run.UsageOfUntold(attempt.Step, attempt)));
            if (c.IsSkipped && IsCurrent(run, attempt.Step, attempt.Attempt))
            {
                events.Add(new RunEvent.StepSkipped(key, said));
                events.AddRange(SkipDependents(run, attempt.Step).Where(e => e is RunEvent.StepSkipped dependent && skipped.Add(dependent.Step)));
            }
        }

        return events;
    }

    /// <summary>When all that is left waits for a person's decision, the run does.</summary>
    private static RunEvent.RunPaused? AwaitDecision(RunState run)
    {
        if (run.Undecided.Count == 0 || run.AtWork > 0 || run.NextRetryAt is not null || !run.IsLaunching)
        {
            return null;
        }

        var steps = run.Undecided.Select(u => u.Step).Distinct().Order().ToList();
        var named = string.Join(", ", steps.Take(MostNamed).Select(step => run.Table[step].Key)) + (steps.Count > MostNamed ? $" and {steps.Count - MostNamed:N0} more" : string.Empty);
        return new(
            PauseKind.Decision,
            $"what became of {named} cannot be found out ({run.ReasonOf(steps[0])}). 'muster resume {run.Header.RunId}' looks again; with --decide KEY=rerun or KEY=skip you decide (KEY '*': all of them)",
            Until: null);
    }
}
