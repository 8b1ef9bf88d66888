namespace Muster.Pipeline.Steps;

/// <summary>Brings what a person approved onto the base branch; where that is checked out, says which command does it.</summary>
internal sealed class LandStep(BuildSite site) : IEngineStep
{
    public string Name => "land";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var (commit, expected, branch) = (order.Ask.Commit!, order.Ask.Detail!, site.Build.BaseBranch);
        var repository = await site.RepositoryAsync(stop);
        var unborn = site.Build.IsGreenfield && expected == site.Build.BaseCommit ? null : expected;
        var now = await repository.CommitOfAsync("refs/heads/" + branch, stop);
        if (now is not null && await repository.IsAncestorAsync(commit, now, stop))
        {
            var there = $"{branch} is at {now[..12]}, which has it."; // An engine that was killed, or the person, has brought it there.
            return new(new StepResult.Landed(now, null, null), there, new("Shipping", [there]));
        }

        if (now is not null && now != unborn)
        {
            var moved = $"{branch} is at {now[..12]} and not at {expected[..12]} any more: nothing is shipped before that is verified.";
            return new(new StepResult.Landed(commit, null, now), moved, new("Shipping", [moved]));
        }

        var message = site.Build.NoFastForward ? $"Merge {site.Build.Project}: {site.Build.What}\n\nRun {site.RunId}." : null;
        var move = await repository.Merges.AdvanceAsync(branch, unborn, commit, message, stop);
        var line = move.IsDone ? $"{branch} is at {move.Commit[..12]}." : $"{branch} is checked out at {move.CheckedOutAt}; bring it up with: {move.Command}";
        return new(new StepResult.Landed(move.Commit, move.Command, null), line, new("Shipping", [line]));
    }
}
