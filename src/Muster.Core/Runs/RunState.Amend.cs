namespace Muster.Runs;

/// <content>What an edited plan does to the state.</content>
public sealed partial class RunState
{
    private void Amend(RunEvent.PlanAmended e, StepTable table, IReadOnlyDictionary<string, string>? lines)
    {
        DropLive();
        var (oldTable, oldSteps, oldAsked, oldSummaries) = (Table, steps, asked, new Dictionary<int, string>(summaries));
        for (var old = 0; old < oldTable.Count; old++)
        {
            if (oldSteps[old].Attempt > 0 && oldTable[old].Key is var gone && table.IndexOf(gone) < 0)
            {
                retired[gone] = (oldSteps[old], oldAsked[old], SummaryOf(old)); // Should it come back: no attempt's number is used twice, and its result may stand.
            }
        }

        reasons.Clear();
        remarks.Clear();
        shortReasons.Clear();
        summaries.Clear();
        (Header, Limits, Capacity) = (e.Header, e.Header.Limits, e.Header.Capacity);
        (Pause, Finish, Status) = (null, null, RunStatus.Running);
        (RecentFailures, RecentFinals, MachinePauses) = (0, 0, 0);
        Lay(table);
        for (var i = 0; i < table.Count; i++)
        {
            var key = table[i].Key;
            if (oldTable.IndexOf(key) is >= 0 and var old)
            {
                Inherit(i, oldSteps[old], oldAsked[old], oldSummaries.GetValueOrDefault(old) ?? lines?.GetValueOrDefault(key));
            }
            else if (retired.Remove(key, out var was))
            {
                Inherit(i, was.Step, was.Asked, was.Summary ?? lines?.GetValueOrDefault(key));
            }
        }
    }

    private void Inherit(int step, in StepState was, Hash256 wasAsked, string? summary)
    {
        ref var state = ref steps[step];
        (state.Attempt, state.VerifiedAttempt, state.Length) = (was.Attempt, was.VerifiedAttempt, was.Length);
        (state.Tokens, state.Sha256, state.HasBullets) = (was.Tokens, was.Sha256, was.HasBullets);
        asked[step] = wasAsked;
        state.Seconds = was.Seconds;
        if (Table[step].Parent < 0 && summary is not null)
        {
            summaries[step] = summary;
        }
    }

    /// <summary>
    /// An engine settles its attempts before it amends. Where an older one did not, they are of steps of the plan as it was, and
    /// count with what they are known to have used, or had set aside.
    /// </summary>
    private void DropLive()
    {
        foreach (var dropped in live.Values.ToList())
        {
            Settle(dropped.Step, dropped.Attempt, UsageOfUntold(dropped.Step, dropped));
        }
    }
}
