namespace Muster.Pipeline.Steps;

/// <summary>Takes up what the base branch has gained since the build began, and verifies the whole again, before anybody is asked again to ship it.</summary>
internal sealed class SyncStep(BuildSite site, TestCommand tests) : IEngineStep
{
    public string Name => "sync";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var (before, moved) = (order.Ask.Commit!, order.Ask.Detail!);
        var repository = await site.RepositoryAsync(stop);
        var integration = await site.IntegrationAtAsync(before, stop);
        var probe = await repository.Merges.ProbeAsync(before, moved, stop);
        if (!probe.IsClean)
        {
            return Trouble(before, $"it conflicts in {string.Join(", ", probe.Paths.Take(10))}", string.Empty);
        }

        var commit = await repository.Merges.MergeWithMarksAsync(integration, moved, $"Take up {site.Build.BaseBranch}\n\nRun {site.RunId}.", stop);
        var test = await IntegrationTest.RunAsync(site, tests, integration, order, stop);
        if (test is { Passed: false })
        {
            await repository.Merges.UndoAsync(integration, before, stop);
            return Trouble(before, $"the integration tests fail with it ({test.How})", test.Tail);
        }

        var line = $"{site.Build.BaseBranch} at {moved[..12]} is taken up.";
        return new(new StepResult.Merged(commit, null), line, new("The base branch moved", [line], test is null ? [] : [("Integration tests", test.Tail)]));
    }

    private static EngineOutcome Trouble(string before, string why, string evidence) =>
        new(new StepResult.Merged(before, why), $"The base branch cannot be taken up: {why}.", new("The base branch moved", [why], ("Output", evidence)));
}
