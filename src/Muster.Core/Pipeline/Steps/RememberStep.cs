using Muster.Git;

namespace Muster.Pipeline.Steps;

/// <summary>Takes what the builders of all merged modules proposed into what the project remembers, in one commit.</summary>
internal sealed class RememberStep(BuildSite site, MemoryFiles memory) : IEngineStep
{
    private const int MostUntaken = 100;

    public string Name => "remember";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var integration = await site.IntegrationToWriteAsync(order.Ask.Commit!, stop);
        var untaken = new List<string>();
        var merged = order.Ask.Inputs.Select(key => key.Split('/')).ToList();
        memory.KeepConflicts(site.Blueprint.Modules.Select(m => m.Name).Except(merged.Select(key => key[1])).ToHashSet(StringComparer.Ordinal));
        foreach (var key in merged)
        {
            untaken.AddRange(memory.TakeModule(key[1], int.Parse(key[2])));
        }

        var commit = await BranchWork.CommitAllAsync(integration, $"Remember what the builders learned\n\nRun {site.RunId}.", stop);
        var line = $"Brains, summaries and training pairs of {order.Ask.Inputs.Length:N0} modules are taken; {untaken.Count:N0} pairs are not.";
        return new(new StepResult.Moved(commit.Commit), line, new("Memory", [line, .. untaken.Take(MostUntaken)]));
    }
}
