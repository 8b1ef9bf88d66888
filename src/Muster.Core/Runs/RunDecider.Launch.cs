namespace Muster.Runs;

/// <content>What is launched next.</content>
public static partial class RunDecider
{
    /// <summary>
    /// What is launched next: one event at a time, each to be taken into <paramref name="run"/> before the next is asked for.
    /// Stops where capacity, a cap or a wave's end is reached.
    /// </summary>
    /// <param name="run">Evolved by the caller while it enumerates.</param>
    /// <param name="now">UTC.</param>
    public static IEnumerable<RunEvent> Launch(RunState run, DateTimeOffset now)
    {
        if (!run.IsLaunching || (run.Header.Waves && run.AtWork > 0))
        {
            yield break;
        }

        var wave = run.Header.Waves ? run.Wave + 1 : 0;
        while (run.IsLaunching
            && run.NextReady(now.UtcTicks, run.Header.Waves && run.HasOpenWorkers) is >= 0 and var step)
        {
            if (NeedsNoAttempt(run, step) is { } settled)
            {
                yield return settled;
                foreach (var skipped in settled is RunEvent.StepSkipped ? SkipDependents(run, step) : [])
                {
                    yield return skipped;
                }

                continue;
            }

            ref readonly var row = ref run.Table[step];
            var agent = run.Table.Agents[row.Agent];
            if (BatchedAgent.Is(agent) ? run.BatchedAtWork >= BatchedAgent.MostAtOnce : run.UnitsInUse > 0 && run.UnitsInUse + row.Units > run.Capacity)
            {
                yield break;
            }

            if (run.Limits.Usd is not null && !BatchedAgent.Is(agent) && !AttemptReserve.IsFree(agent) && !run.IsPriced(agent) && IsAtWork(run, row.Agent))
            {
                yield break; // Whether this agent tells what it costs is found out with one attempt, not with a batch.
            }

            var reserve = run.ReserveOf(step);
            if (CapReached(run, reserve, now) is { } cap)
            {
                if (run.AtWork == 0)
                {
                    yield return new RunEvent.RunPaused(PauseKind.Cap, cap, Until: null);
                }

                yield break;
            }

            yield return new RunEvent.AttemptStarted(
                row.Key, run[step].Attempt + 1, agent, run.FingerprintOf(step).ToString(), wave, reserve.Tokens,
                reserve.Usd > 0 || AttemptReserve.IsFree(agent) ? reserve.Usd : null);
        }

        if (AwaitDecision(run) is { } decision)
        {
            yield return decision;
        }
    }

    private static bool IsAtWork(RunState run, byte agent) => run.Live.Any(l => run.Table[l.Step].Agent == agent && !run.Undecided.Contains((l.Step, l.Attempt)));

    private static RunEvent? NeedsNoAttempt(RunState run, int step)
    {
        ref readonly var row = ref run.Table[step];
        if (run[step].VerifiedAttempt > 0 && run.AskedOf(step) == run.FingerprintOf(step))
        {
            return new RunEvent.StepReused(row.Key, run[step].VerifiedAttempt);
        }

        if (row.Role is Role.Coordinator && !AnyChildVerified(run, row))
        {
            return new RunEvent.StepSkipped(row.Key, "none of its files is there");
        }

        var agent = run.Table.Agents[row.Agent];
        return run.StoppedAgents.TryGetValue(agent, out var reason)
            ? new RunEvent.StepSkipped(row.Key, $"agent {agent} was stopped: {reason}")
            : null;
    }

    private static bool AnyChildVerified(RunState run, in StepRow row)
    {
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            if (run[child].Status is StepStatus.Verified)
            {
                return true;
            }
        }

        return false;
    }

    private static string? CapReached(RunState run, AttemptReserve reserve, DateTimeOffset now)
    {
        var limits = run.Limits;
        if (limits.Agents is { } agents && run.Attempts + 1 > agents)
        {
            return $"the limit of {agents:N0} agents is reached";
        }

        if (limits.Tokens is { } tokens && reserve.Tokens > 0 && run.Spent.Tokens + run.ReservedTokens + reserve.Tokens > tokens)
        {
            return $"the limit of {tokens:N0} tokens is reached: {run.Spent.Tokens:N0} spent, and the next attempt sets {reserve.Tokens:N0} aside"
                + (limits.AttemptTokens is null ? " (limits.attempt_tokens in the plan names another figure)" : string.Empty);
        }

        if (limits.Usd is { } usd && reserve.Usd > 0 && run.UnknownCosts > 0)
        {
            return $"an attempt's cost is unknown, so the limit of {usd} USD cannot be held; to go on all the same, set it anew with --max-usd";
        }

        if (limits.Usd is { } most && reserve.Usd > 0 && run.KnownUsd + run.ReservedUsd + reserve.Usd > most)
        {
            return $"the limit of {most} USD is reached: {run.KnownUsd:0.00} USD spent, and the next attempt sets {reserve.Usd:0.00##} USD aside"
                + (limits.AttemptUsd is null ? " (limits.attempt_usd in the plan names another figure)" : string.Empty);
        }

        return limits.Wall is { } wall && run.Wall + (now - run.LastAt) >= wall ? $"the limit of {wall} wall-clock time is reached" : null;
    }
}
