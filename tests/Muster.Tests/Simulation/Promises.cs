using Muster.Runs;
using static Muster.Tests.Simulation.Promise;

namespace Muster.Tests.Simulation;

/// <summary>The oracle: follows a journal entry by entry with books of its own and says which promise was broken.</summary>
/// <remarks>It shares no code with the core: it knows the events, the plan and what really happened, and nothing of how rules are decided.</remarks>
internal sealed class Promises(RunHeader header, StepTable table, Facts facts)
{
    private const int LeastFinalsForBreaker = 30;
    private const int MostDistrusts = 3;

    private readonly Dictionary<(string Step, int Attempt), Books> live = [];
    private readonly Dictionary<string, string> final = [];
    private readonly Dictionary<string, (string Sha256, string Asked)> results = [];
    private readonly Dictionary<string, int> agentFailures = [];
    private readonly Dictionary<string, int> losses = [];
    private readonly Dictionary<string, int> distrusts = [];
    private readonly Dictionary<string, DateTimeOffset> notBefore = [];
    private readonly HashSet<(string, int)> begun = [];
    private readonly HashSet<string> launched = [];
    private readonly HashSet<string> reset = [];
    private readonly HashSet<string> refused = [];
    private readonly HashSet<(string, int)> outdated = [];
    private RunHeader header = header;
    private StepTable table = table;
    private RunLimits limits = header.Limits;
    private int capacity = header.Capacity;
    private long version;
    private long epoch;
    private DateTimeOffset at;
    private TimeSpan wall;
    private int attempts;
    private Usage spent = Usage.None;
    private bool launching = true;
    private bool mustStop;
    private DateTimeOffset? pausedUntil;
    private (int Failures, int Finals) recent;
    private bool finished;
    private int verifiedWorkers, failedWorkers, skippedWorkers, launchedWorkers, reservedUnits;
    private long reservedTokens;
    private decimal reservedUsd;

    public void Take(RunEntry entry, StepTable? amended)
    {
        Require(entry.Version == ++version, $"entry {entry.Version} stands where {version} belongs");
        Require(entry.Epoch >= epoch, $"epoch fell from {epoch} to {entry.Epoch}");
        Require(entry.At >= at, "the journal's time ran backwards");
        wall += entry.Event is RunEvent.EngineStarted || version == 1 ? TimeSpan.Zero : entry.At - at;
        at = entry.At;
        Require(
            !finished || entry.Event is RunEvent.EngineStarted or RunEvent.StepReset or RunEvent.RunContinued or RunEvent.RunFinished
                or RunEvent.AgentAllowed or RunEvent.PlanAmended or RunEvent.LimitsChanged,
            $"{entry.Event.GetType().Name} after the run had finished");
        switch (entry.Event)
        {
            case RunEvent.EngineStarted e:
                Require(e.Epoch > epoch, "an epoch was used twice");
                break;
            case RunEvent.AttemptStarted e:
                Start(e);
                break;
            case RunEvent.ReserveRaised e:
                Raise(e);
                break;
            case RunEvent.AttemptEnded e:
                Require(live.TryGetValue((e.Step, e.Attempt), out var working) && working.Units > 0, $"{e.Step} attempt {e.Attempt} ended twice");
                reservedUnits -= working!.Units;
                live[(e.Step, e.Attempt)] = working with { Units = 0, Used = e.Usage };
                break;
            case RunEvent.AttemptVerified e:
                Verify(e);
                break;
            case RunEvent.AttemptFailed e:
                Fail(e);
                break;
            case RunEvent.AttemptLost e:
                Lose(e);
                break;
            case RunEvent.AttemptDiscarded e:
                Require(
                    !facts.Undecided.Contains((e.Step, e.Attempt)) || facts.Decided.ContainsKey((e.Step, e.Attempt)) || outdated.Contains((e.Step, e.Attempt)),
                    $"{e.Step} attempt {e.Attempt} was given up although nobody knows whether it was paid for");
                End(e.Step, e.Attempt, e.Usage);
                break;
            case RunEvent.AttemptUndecided e:
                LeaveUndecided(e);
                break;
            case RunEvent.StepSkipped e:
                Skip(e);
                break;
            case RunEvent.StepReused e:
                Require(
                    results.TryGetValue(e.Step, out var result) && result.Asked == AskedOf(e.Step),
                    $"{e.Step} was taken over although what it is asked, or what it read, has changed");
                CountLaunched(e.Step);
                Settle(e.Step, "verified");
                break;
            case RunEvent.StepReset e:
                Reset(e);
                break;
            case RunEvent.CapacityChanged e:
                Require(e.Units > 0 && e.Units <= header.Capacity, $"the ceiling was moved to {e.Units} of {header.Capacity}");
                capacity = e.Units;
                break;
            case RunEvent.AgentAllowed e:
                refused.Remove(e.Agent);
                break;
            case RunEvent.LimitsChanged e:
                limits = e.Limits;
                break;
            case RunEvent.RunPaused e:
                (launching, pausedUntil) = (false, e.Until ?? DateTimeOffset.MaxValue);
                break;
            case RunEvent.RunCancelled:
                (launching, pausedUntil) = (false, DateTimeOffset.MaxValue);
                break;
            case RunEvent.RunContinued e:
                Continue(e.ByItself);
                break;
            case RunEvent.PlanAmended e:
                Amend(e, amended!);
                break;
            case RunEvent.RunFinished e:
                Finish(e);
                break;
        }

        epoch = entry.Epoch;
    }

    /// <summary>At every moment: the census adds up and says what these books say, and so do spend and reservations.</summary>
    public void CompareCensus(RunState run)
    {
        var expected = new Census(table.WorkerCount, launchedWorkers, verifiedWorkers, failedWorkers, skippedWorkers);
        Require(run.Census == expected && run.Census.Open >= 0, $"census: {run.Census}, but it is {expected}");
        Require(run.Spent == spent, $"spend is told as {run.Spent}, but was {spent}");
        var parts = run.Spending;
        Require((parts.InputTokens, parts.OutputTokens, parts.Usd) == (spent.InputTokens, spent.OutputTokens, spent.Usd), $"the parts of what was spent come to {parts}, but it was {spent}");
        Require(run.Attempts == attempts, $"attempts are told as {run.Attempts}, but were {attempts}");
        Require(run.UnitsInUse == reservedUnits, "units in use are told wrongly");
        Require((run.ReservedTokens, run.ReservedUsd) == (reservedTokens, reservedUsd), "what is set aside is told wrongly");
        Require(run.FlatTokens == 50L * verifiedWorkers, $"the tokens of all files are told as {run.FlatTokens}");
        Require(run.OpenSteps == table.Count - final.Count, "open steps are told wrongly");
    }

    /// <summary>Step by step: the state that the core folded says what these books say, and every verified file is what was sealed.</summary>
    public void Compare(RunState run, IReadOnlyDictionary<string, string> published)
    {
        CompareCensus(run);
        var domains = Enumerable.Range(0, table.Domains.Length).Select(run.CensusOf).ToList();
        Require(
            domains.Sum(d => d.Verified) == run.Census.Verified && domains.Sum(d => d.Planned) == run.Census.Planned
                && domains.Sum(d => d.Failed) == run.Census.Failed && domains.Sum(d => d.Skipped) == run.Census.Skipped,
            "the domains' census does not add up to the run's");
        for (var i = 0; i < table.Count; i++)
        {
            var key = table[i].Key;
            var status = run[i].Status switch
            {
                StepStatus.Verified => "verified",
                StepStatus.Failed => "failed",
                StepStatus.Skipped => "skipped",
                _ => null,
            };
            Require(status == final.GetValueOrDefault(key), $"{key} is told as {run[i].Status}, but is {final.GetValueOrDefault(key) ?? "open"}");
            Require(status is not ("failed" or "skipped") || run.ReasonOf(i) is { Length: > 0 }, $"{key} is a gap without a reason");
            Require(
                status != "verified" || facts.Tampered.Contains(key) || published.GetValueOrDefault(key) == run[i].Sha256.ToString(),
                $"{key} is verified, its file is not what was sealed");
        }
    }

    private void Start(RunEvent.AttemptStarted e)
    {
        var row = table[table.IndexOf(e.Step)];
        var isWorker = row.Role is Role.Worker;
        Require(launching, $"{e.Step} was launched while launching had stopped");
        Require(!mustStop || !isWorker, $"{e.Step} was launched although the run had to stop");
        Require(!refused.Contains(e.Agent), $"{e.Step} was launched on {e.Agent}, which had been refused");
        Require(!final.ContainsKey(e.Step), $"{e.Step} was launched although it was {final.GetValueOrDefault(e.Step)}: work was paid for twice");
        var asked = AskedOf(e.Step);
        Require(!results.TryGetValue(e.Step, out var result) || result.Asked != asked, $"{e.Step} was paid for twice: its result stands");
        results.Remove(e.Step);
        Require(begun.Add((e.Step, e.Attempt)), $"{e.Step} attempt {e.Attempt} was started twice");
        Require(live.Keys.All(l => l.Step != e.Step), $"{e.Step} has two attempts under way");
        Require(at >= notBefore.GetValueOrDefault(e.Step), $"{e.Step} was launched before its time");
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            Require(final.ContainsKey(table[child].Key), $"{e.Step} was launched before {table[child].Key} was accounted for");
        }

        foreach (var before in row.After ?? [])
        {
            Require(final.GetValueOrDefault(table[before].Key) == "verified", $"{e.Step} was launched before {table[before].Key} was verified");
        }

        Require(!header.Waves || live.Values.All(l => l.Wave == e.Wave || l.Freed > 0), $"{e.Step} was launched before the wave before was over");
        var units = row.Tier switch { Tier.Haiku => 2, Tier.Sonnet => 3, _ => 6 };
        Require(reservedUnits == 0 || reservedUnits + units <= capacity, $"{e.Step} was launched over the capacity of {capacity}");
        attempts++;
        live.Add((e.Step, e.Attempt), new(units, e.ReservedTokens, e.ReservedUsd ?? 0, e.Wave, asked));
        reservedUnits += units;
        reservedTokens += e.ReservedTokens;
        reservedUsd += e.ReservedUsd ?? 0;
        CountLaunched(e.Step);
        RequireCaps(e);
    }

    private void RequireCaps(RunEvent.AttemptStarted e)
    {
        Require(limits.Agents is not { } agents || attempts <= agents, $"attempt {attempts} of at most {limits.Agents}");
        Require(
            limits.Tokens is not { } tokens || (spent.Tokens < tokens && spent.Tokens + reservedTokens <= tokens && e.ReservedTokens > 0),
            $"{e.Step} was launched over the limit of {limits.Tokens} tokens");
        Require(
            limits.Usd is not { } usd || (spent.Usd is { } known && known < usd && known + reservedUsd <= usd && e.ReservedUsd > 0),
            $"{e.Step} was launched over the limit of {limits.Usd} USD");
        Require(limits.Wall is not { } most || wall < most, $"{e.Step} was launched after {wall} of {limits.Wall}");
        Require(e.ReservedTokens >= (limits.AttemptTokens ?? 0), $"{e.Step} was launched without its tokens set aside");
    }

    private void Raise(RunEvent.ReserveRaised e)
    {
        var books = live[(e.Step, e.Attempt)];
        reservedTokens += e.ReservedTokens - books.Tokens;
        reservedUsd += (e.ReservedUsd ?? 0) - books.Usd;
        live[(e.Step, e.Attempt)] = books with { Tokens = e.ReservedTokens, Usd = e.ReservedUsd ?? 0 };
        Require(
            !(spent.Tokens + reservedTokens > limits.Tokens) && !(spent.Usd + reservedUsd > limits.Usd),
            $"more was set aside for {e.Step} than the limits leave");
    }

    private void LeaveUndecided(RunEvent.AttemptUndecided e)
    {
        Require(facts.Undecided.Contains((e.Step, e.Attempt)), $"{e.Step} attempt {e.Attempt} was left undecided although its outcome is known");
        var books = live[(e.Step, e.Attempt)];
        reservedUnits -= books.Units;
        live[(e.Step, e.Attempt)] = books with { Units = 0, Freed = books.Freed + books.Units };
    }

    private void Verify(RunEvent.AttemptVerified e)
    {
        var books = End(e.Step, e.Attempt, e.Usage);
        Require(!final.ContainsKey(e.Step), $"{e.Step} was verified although it was {final.GetValueOrDefault(e.Step)}");
        Require(books.Asked == AskedOf(e.Step), $"{e.Step} was verified for what it is no longer asked");
        RequireCost(e.Step, e.Attempt, e.Usage);
        results[e.Step] = (e.Sha256, books.Asked);
        Settle(e.Step, "verified");
    }

    private void Fail(RunEvent.AttemptFailed e)
    {
        End(e.Step, e.Attempt, e.Usage);
        RequireCost(e.Step, e.Attempt, e.Usage);
        var (kind, asked) = facts.Failures[(e.Step, e.Attempt)];
        Require(kind == e.Class, $"{e.Step} failed as {kind}, told as {e.Class}");
        if (e.Class is FailureClass.Agent)
        {
            var failures = agentFailures[e.Step] = agentFailures.GetValueOrDefault(e.Step) + 1;
            Require(
                e.RetryAt is not null == failures <= header.Retries.Retries, $"{e.Step} was tried again, or given up, after {failures} agent failures");
        }

        if (e.RetryAt is { } retryAt)
        {
            Require(e.Class is not FailureClass.Permanent, $"{e.Step} is tried again after a permanent failure");
            Require(asked is not { } wait || retryAt >= at + wait, $"{e.Step} is tried again before the {asked} that were asked for");
            notBefore[e.Step] = retryAt;
        }
        else
        {
            Require(e.Class is FailureClass.Agent or FailureClass.Permanent or FailureClass.Transient, $"{e.Step} was given up for a {e.Class} failure");
            Settle(e.Step, "failed");
        }

        if (e.Class is FailureClass.Permanent)
        {
            refused.Add(table.Agents[table[table.IndexOf(e.Step)].Agent]);
        }

        mustStop |= launching && (e.Class is FailureClass.Quota or FailureClass.Machine
            || (e is { Class: FailureClass.Agent, RetryAt: null } && recent.Finals >= LeastFinalsForBreaker && recent.Failures * 2 > recent.Finals
                && table.WorkerCount > verifiedWorkers + failedWorkers + skippedWorkers));
    }

    private void Lose(RunEvent.AttemptLost e)
    {
        var books = End(e.Step, e.Attempt, null);
        spent = spent.Plus(books.Used ?? new(books.Tokens, 0, books.Usd)); // What was set aside counts as spent unless somebody knows better.
        var lost = losses[e.Step] = losses.GetValueOrDefault(e.Step) + 1;
        Require(e.Final == (lost >= header.Retries.LostAttempts), $"{e.Step} was lost {lost} times of at most {header.Retries.LostAttempts}");
        if (e.Final)
        {
            Settle(e.Step, "failed");
        }
    }

    private void Skip(RunEvent.StepSkipped e)
    {
        Require(!final.ContainsKey(e.Step), $"{e.Step} was skipped after it was final");
        var row = table[table.IndexOf(e.Step)];
        var children = Enumerable.Range(row.FirstChild, row.ChildCount).Select(child => final.GetValueOrDefault(table[child].Key)).ToList();
        Require(
            refused.Contains(table.Agents[row.Agent]) || facts.Decided.Any(d => d.Key.Step == e.Step && d.Value) || distrusts.GetValueOrDefault(e.Step) > MostDistrusts
                || (row.After ?? []).Any(before => final.GetValueOrDefault(table[before].Key) is "failed" or "skipped")
                || (children.Count > 0 && children.TrueForAll(child => child is "failed" or "skipped")),
            $"{e.Step} was skipped without a cause");
        Settle(e.Step, "skipped");
    }

    private void Reset(RunEvent.StepReset e)
    {
        var row = table[table.IndexOf(e.Step)];
        Require(
            facts.MayBeReset.Contains(e.Step)
                || Enumerable.Range(row.FirstChild, row.ChildCount).Concat(row.After ?? []).Any(input => reset.Contains(table[input].Key)),
            $"{e.Step} is done again although nobody asked and nothing it read has changed");
        reset.Add(e.Step);
        outdated.UnionWith(live.Keys.Where(l => l.Step == e.Step));
        distrusts[e.Step] = e.Distrusted ? distrusts.GetValueOrDefault(e.Step) + 1 : e.Discard ? 0 : distrusts.GetValueOrDefault(e.Step);
        Unsettle(e.Step);
        agentFailures.Remove(e.Step);
        losses.Remove(e.Step);
        notBefore.Remove(e.Step);
        if (e.Discard)
        {
            results.Remove(e.Step);
        }

        finished = false;
    }

    private void Continue(bool byItself)
    {
        Require(
            launching || facts.PersonContinues || at >= pausedUntil, "the run went on although neither a person nor the time to wait let it");
        facts.PersonContinues = false;
        recent = pausedUntil is { } until && until != DateTimeOffset.MaxValue ? recent : default; // Only a person wipes the slate clean.
        (launching, finished, mustStop, pausedUntil) = (true, false, false, null);
        reset.Clear();
        foreach (var (attempt, books) in live.Where(l => l.Value.Freed > 0 && !byItself).ToList())
        {
            reservedUnits += books.Freed; // It is looked at again.
            live[attempt] = books with { Units = books.Freed, Freed = 0 };
        }
    }

    private void Amend(RunEvent.PlanAmended e, StepTable amended)
    {
        Require(live.Count == 0, "the plan was amended under attempts that were under way");
        (header, table, limits, capacity) = (e.Header, amended, e.Header.Limits, e.Header.Capacity);
        (launching, finished, mustStop, pausedUntil, recent) = (true, false, false, null, default);
        (verifiedWorkers, failedWorkers, skippedWorkers, launchedWorkers) = (0, 0, 0, 0);
        final.Clear();
        launched.Clear();
        agentFailures.Clear();
        losses.Clear();
        notBefore.Clear();
        reset.Clear();
    }

    private void Finish(RunEvent.RunFinished e)
    {
        Require(final.Count == table.Count, $"the run finished with {table.Count - final.Count} open steps");
        Require(live.Count == 0, "the run finished with attempts under way");
        for (var i = 0; i < table.Count; i++)
        {
            Require(
                final[table[i].Key] == "skipped" || (table[i].After ?? []).All(before => final[table[before].Key] == "verified"),
                $"{table[i].Key} was not skipped although what it comes after failed");
        }

        var all = final.Values.All(f => f == "verified");
        var top = Enumerable.Range(0, table.Count).Where(i => i >= table.WorkerCount && table[i].Parent < 0).ToList();
        var hasNothing = verifiedWorkers == 0 || (top.Count > 0 && top.TrueForAll(i => final[table[i].Key] != "verified"));
        Require(
            e.Outcome == (hasNothing ? RunStatus.Failed : all ? RunStatus.Complete : RunStatus.CompleteWithGaps),
            $"the outcome is told as {e.Outcome} with {verifiedWorkers} of {table.WorkerCount} verified");
        Require(e.FlatTokens == 50L * verifiedWorkers, "the tokens of a flat fan-out are told wrongly");
        finished = true;
    }

    /// <summary>What a step is asked now: its own words and what it reads, gaps included.</summary>
    private string AskedOf(string step)
    {
        var row = table[table.IndexOf(step)];
        var asked = new System.Text.StringBuilder(row.Fingerprint.ToString());
        foreach (var input in Enumerable.Range(row.FirstChild, row.ChildCount).Concat(row.After ?? []))
        {
            var key = table[input].Key;
            asked.Append('|').Append(table[input].Id).Append(' ').Append(final.GetValueOrDefault(key) == "verified" ? results[key].Sha256 : "gap");
        }

        return asked.ToString();
    }

    private Books End(string step, int attempt, Usage? usage)
    {
        Require(live.Remove((step, attempt), out var books), $"{step} attempt {attempt} ended without having been under way");
        reservedUnits -= books!.Units;
        reservedTokens -= books.Tokens;
        reservedUsd -= books.Usd;
        Require(usage is null || books.Used is null || usage == books.Used, $"{step} attempt {attempt} had cost {books.Used}, told as {usage}");
        spent = usage is { } told ? spent.Plus(told) : spent;
        return books;
    }

    private void RequireCost(string step, int attempt, Usage usage) =>
        Require(facts.Costs[(step, attempt)] == usage, $"{step} attempt {attempt} cost {facts.Costs[(step, attempt)]}, told as {usage}");

    private void CountLaunched(string step)
    {
        if (launched.Add(step) && step.StartsWith("worker/", StringComparison.Ordinal))
        {
            launchedWorkers++;
        }
    }

    private void Settle(string step, string outcome)
    {
        final[step] = outcome;
        if (step.StartsWith("worker/", StringComparison.Ordinal))
        {
            Tally(outcome, 1);
            recent = (recent.Failures + (outcome == "failed" ? 1 : 0), recent.Finals + (outcome == "skipped" ? 0 : 1));
        }
    }

    private void Unsettle(string step)
    {
        if (final.Remove(step, out var was) && step.StartsWith("worker/", StringComparison.Ordinal))
        {
            Tally(was, -1);
        }
    }

    private void Tally(string outcome, int count)
    {
        verifiedWorkers += outcome == "verified" ? count : 0;
        failedWorkers += outcome == "failed" ? count : 0;
        skippedWorkers += outcome == "skipped" ? count : 0;
    }

    private sealed record Books(int Units, long Tokens, decimal Usd, int Wave, string Asked, Usage? Used = null, int Freed = 0);
}
