using Muster.Runs;

namespace Muster.Tests.Simulation;

/// <summary>The oracle: follows a journal entry by entry with books of its own and says which promise was broken.</summary>
/// <remarks>It shares no code with the core: it knows the events and the plan alone.</remarks>
internal sealed class Promises(RunHeader header, StepTable table)
{
    private readonly Dictionary<(string Step, int Attempt), (int Units, long Tokens, decimal Usd)> live = [];
    private readonly Dictionary<(string Step, int Attempt), Usage> used = [];
    private readonly Dictionary<string, string> final = [];
    private readonly Dictionary<string, int> agentFailures = [];
    private readonly HashSet<(string, int)> begun = [];
    private readonly Dictionary<string, string> sealedAs = [];
    private long version;
    private long epoch;
    private DateTimeOffset at;
    private int attempts;
    private Usage spent = Usage.None;
    private bool launching = true;
    private bool finished;

    public int Verified => final.Count(f => f.Value == "verified" && f.Key.StartsWith("worker/", StringComparison.Ordinal));

    public void Take(RunEntry entry)
    {
        Require(entry.Version == ++version, $"entry {entry.Version} stands where {version} belongs");
        Require(entry.Epoch >= epoch, $"epoch fell from {epoch} to {entry.Epoch}");
        Require(entry.At >= at || entry.Epoch > epoch, "the journal's time ran backwards");
        at = entry.At;
        Require(!finished || entry.Event is RunEvent.EngineStarted or RunEvent.StepReset or RunEvent.RunContinued or RunEvent.RunFinished or RunEvent.AgentAllowed,
            $"{entry.Event.GetType().Name} after the run had finished");
        switch (entry.Event)
        {
            case RunEvent.EngineStarted e:
                Require(e.Epoch > epoch, "an epoch was used twice");
                break;
            case RunEvent.AttemptStarted e:
                Start(e);
                break;
            case RunEvent.AttemptEnded e:
                var working = live[(e.Step, e.Attempt)];
                Require(working.Units > 0, $"{e.Step} attempt {e.Attempt} ended twice");
                live[(e.Step, e.Attempt)] = working with { Units = 0 };
                used[(e.Step, e.Attempt)] = e.Usage;
                break;
            case RunEvent.AttemptVerified e:
                End(e.Step, e.Attempt, e.Usage);
                Require(!final.ContainsKey(e.Step), $"{e.Step} was verified although it was {final.GetValueOrDefault(e.Step)}");
                final[e.Step] = "verified";
                sealedAs[e.Step] = e.Sha256;
                break;
            case RunEvent.AttemptFailed e:
                End(e.Step, e.Attempt, e.Usage);
                Fail(e);
                break;
            case RunEvent.AttemptLost e:
                var reserved = live.GetValueOrDefault((e.Step, e.Attempt));
                End(e.Step, e.Attempt, used.TryGetValue((e.Step, e.Attempt), out var usage) ? usage : new(reserved.Tokens, 0, reserved.Usd));
                if (e.Final)
                {
                    final[e.Step] = "failed";
                }

                break;
            case RunEvent.AttemptDiscarded e:
                End(e.Step, e.Attempt, e.Usage);
                break;
            case RunEvent.StepSkipped e:
                Require(!final.ContainsKey(e.Step), $"{e.Step} was skipped after it was final");
                final[e.Step] = "skipped";
                break;
            case RunEvent.StepReused e:
                Require(sealedAs.ContainsKey(e.Step), $"{e.Step} was reused without a seal");
                final[e.Step] = "verified";
                break;
            case RunEvent.StepReset e:
                final.Remove(e.Step);
                agentFailures.Remove(e.Step);
                finished = false;
                break;
            case RunEvent.RunPaused or RunEvent.RunCancelled:
                launching = false;
                break;
            case RunEvent.RunContinued:
                (launching, finished) = (true, false);
                break;
            case RunEvent.RunFinished e:
                Finish(e);
                break;
        }

        epoch = entry.Epoch;
    }

    /// <summary>The state that the core folded says what these books say.</summary>
    public void Compare(RunState run, IReadOnlyDictionary<int, string> published)
    {
        Require(run.Spent == spent, $"spend is told as {run.Spent}, but was {spent}");
        Require(run.Attempts == attempts, $"attempts are told as {run.Attempts}, but were {attempts}");
        Require(run.UnitsInUse == live.Values.Sum(l => l.Units), "units in use are told wrongly");
        var census = run.Census;
        Require(census.Planned == table.WorkerCount && census.Open >= 0, $"the census does not add up: {census}");
        Require(census.Verified == Verified, $"census: {census}, but {Verified} were verified");
        for (var i = 0; i < table.Count; i++)
        {
            if (run[i].Status is StepStatus.Verified)
            {
                Require(published.GetValueOrDefault(i) == run[i].Sha256.ToString(), $"{table[i].Key} is verified, its file is not what was sealed");
            }
        }
    }

    private void Start(RunEvent.AttemptStarted e)
    {
        var row = table[table.IndexOf(e.Step)];
        Require(launching, $"{e.Step} was launched while launching had stopped");
        Require(!final.ContainsKey(e.Step), $"{e.Step} was launched although it was {final.GetValueOrDefault(e.Step)}: work was paid for twice");
        Require(begun.Add((e.Step, e.Attempt)), $"{e.Step} attempt {e.Attempt} was started twice");
        for (var child = row.FirstChild; child < row.FirstChild + row.ChildCount; child++)
        {
            Require(final.ContainsKey(table[child].Key), $"{e.Step} was launched before {table[child].Key} was accounted for");
        }

        foreach (var before in row.After ?? [])
        {
            Require(final.GetValueOrDefault(table[before].Key) == "verified", $"{e.Step} was launched before {table[before].Key} was verified");
        }

        var inUse = live.Values.Sum(l => l.Units);
        var units = row.Tier switch { Tier.Haiku => 2, Tier.Sonnet => 3, _ => 6 };
        Require(
            inUse == 0 || inUse + units <= header.Capacity,
            $"{e.Step} was launched over the capacity of {header.Capacity}");
        attempts++;
        live.Add((e.Step, e.Attempt), (units, e.ReservedTokens, e.ReservedUsd ?? 0));
        Require(header.Limits.Agents is not { } agents || attempts <= agents, $"attempt {attempts} of at most {header.Limits.Agents}");
        Require(
            header.Limits.Tokens is not { } tokens || spent.Tokens + live.Values.Sum(l => l.Tokens) <= tokens || e.ReservedTokens == 0,
            $"{e.Step} was launched over the token limit");
        Require(
            header.Limits.Tokens is not { } most || spent.Tokens < most, $"{e.Step} was launched although all {header.Limits.Tokens} tokens were spent");
        Require(
            header.Limits.Usd is not { } usd || spent.Usd + live.Values.Sum(l => l.Usd) <= usd || e.ReservedUsd is null or 0,
            $"{e.Step} was launched over the limit of {header.Limits.Usd} USD");
    }

    private void End(string step, int attempt, Usage usage)
    {
        Require(live.Remove((step, attempt)), $"{step} attempt {attempt} ended without having been under way");
        spent = spent.Plus(usage);
    }

    private void Fail(RunEvent.AttemptFailed e)
    {
        if (e.Class is FailureClass.Agent)
        {
            var failures = agentFailures[e.Step] = agentFailures.GetValueOrDefault(e.Step) + 1;
            Require(failures <= header.Retries.Retries + 1, $"{e.Step} was tried again after {failures - 1} agent failures");
        }

        if (e.RetryAt is null)
        {
            final[e.Step] = "failed";
        }
    }

    private void Finish(RunEvent.RunFinished e)
    {
        Require(final.Count == table.Count, $"the run finished with {table.Count - final.Count} open steps");
        Require(live.Count == 0, "the run finished with attempts under way");
        var all = final.Values.All(f => f == "verified");
        var top = Enumerable.Range(0, table.Count).Where(i => i >= table.WorkerCount && table[i].Parent < 0).ToList();
        var hasNothing = Verified == 0 || (top.Count > 0 && top.TrueForAll(i => final[table[i].Key] != "verified"));
        Require(
            e.Outcome == (hasNothing ? RunStatus.Failed : all ? RunStatus.Complete : RunStatus.CompleteWithGaps),
            $"the outcome is told as {e.Outcome} with {Verified} of {table.WorkerCount} verified");
        finished = true;
    }

    private static void Require(bool condition, string promise)
    {
        if (!condition)
        {
            throw new SimulationException(promise);
        }
    }
}
