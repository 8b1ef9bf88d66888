using Muster.Git;

namespace Muster.Pipeline.Steps;

/// <summary>Merges a module's branch into the integration branch and runs the integration tests; what conflicts or turns them red is undone whole.</summary>
internal sealed class MergeStep(BuildSite site, TestCommand tests) : IEngineStep
{
    public string Name => "merge";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var (module, before) = (order.Module, order.Ask.Commit!);
        var repository = await site.RepositoryAsync(stop);
        var integration = await site.IntegrationAtAsync(before, stop);
        if (await repository.CommitOfAsync("refs/heads/" + site.BranchOf(module), stop) is var head && head != order.Ask.Detail)
        {
            throw new StageRefusedException($"the branch {site.BranchOf(module)} is at {head ?? "no commit"} and not at {order.Ask.Detail}, which was examined");
        }

        var outcome = await repository.Merges.MergeAsync(integration, order.Ask.Detail!, $"Merge {module}\n\nRun {site.RunId}, {order.Key}.", stop, expected: before);
        if (outcome is MergeOutcome.Conflicted conflicted)
        {
            var what = string.Join('\n', conflicted.Probe.Conflicts.Select(c => $"- {c.Path}: {c.Message}").DefaultIfEmpty("- " + string.Join(", ", conflicted.Probe.Paths)));
            return Trouble(module, before, $"{module} does not merge with what is assembled:\n{what}", string.Empty);
        }

        var test = await IntegrationTest.RunAsync(site, tests, integration, order, stop);
        if (test is { Passed: false })
        {
            await repository.Merges.UndoAsync(integration, before, stop);
            return Trouble(module, before, $"with {module} merged, the integration tests fail ({test.How}):\n{test.Tail}", test.Tail);
        }

        var commit = outcome is MergeOutcome.Merged merged ? merged.Commit : ((MergeOutcome.AlreadyMerged)outcome).Commit;
        site.LeaveIntegration(integration, commit);
        var line = $"{module} is merged{(test is null ? "; no integration test is named" : "; the integration tests pass")}.";
        return new(new StepResult.Merged(commit, null), line, new($"Merge of {module}", [line], test is null ? [] : [("Integration tests", test.Tail)]));
    }

    private static EngineOutcome Trouble(string module, string before, string why, string evidence) =>
        new(new StepResult.Merged(before, why), $"{module} is not merged.", new($"Merge of {module}", [why.Split('\n')[0]], ("Why", why), ("Output", evidence)));
}
