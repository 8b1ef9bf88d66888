using System.Collections.Immutable;

namespace Muster.Pipeline.Steps;

/// <summary>Asks git, without touching a file, whether a finished branch would merge with the others, so that a conflict is seen early.</summary>
internal sealed class ProbeStep(BuildSite site, BranchPaths paths) : IEngineStep
{
    public string Name => "probe";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var repository = await site.RepositoryAsync(stop);
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var other in BranchHead.Parse(order.Ask.Detail!))
        {
            if (!await paths.TouchAsync(order.Ask.Commit!, other.Commit, stop))
            {
                continue; // They change nothing that both have, so there is nothing to conflict.
            }

            var probe = await repository.Merges.ProbeAsync(order.Ask.Commit!, other.Commit, stop);
            if (!probe.IsClean)
            {
                found.Add($"{order.Module} and {other.Module} change the same lines of {string.Join(", ", probe.Paths.Take(10))}.");
            }
        }

        var line = found.Count == 0 ? $"{order.Module} merges with what is finished." : string.Join(' ', found);
        return new(new StepResult.Probed(found.ToImmutable()), line, new($"Merge preview of {order.Module}", found));
    }
}
