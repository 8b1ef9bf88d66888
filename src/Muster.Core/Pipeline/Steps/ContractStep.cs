using System.Collections.Immutable;
using System.Text;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Git;

namespace Muster.Pipeline.Steps;

/// <summary>Carries out a change of contracts that a person approved: new versions, a decision record, a word in the brain of each builder that it affects.</summary>
internal sealed class ContractStep(BuildSite site, MemoryFiles memory, TimeProvider time) : IEngineStep
{
    public string Name => "contract";

    public async Task<EngineOutcome> CarryOutAsync(StageOrder order, CancellationToken stop)
    {
        var integration = await site.IntegrationToWriteAsync(order.Ask.Commit!, stop);
        var before = site.ReadContracts();
        var candidate = site.Proposals(order.Ask.Inputs[0]);
        var proposed = ContractSet.Read(candidate);
        if (proposed.Blueprint?.ContractsHash != order.Ask.Detail)
        {
            throw new StageRefusedException($"{candidate} is not what was approved any more");
        }

        proposed.WriteTo(site.Contracts);
        var changes = ContractChange.Between(before, proposed);
        foreach (var (contract, old) in changes.Where(c => c is { Before: not null, After: not null, IsBumped: false, Path: not ContractSet.LocksFile }).Select(c => (proposed.Find(c.Path)!, c.Before!)))
        {
            Publisher.Write(Path.Combine(site.Contracts, contract.Path), Encoding.UTF8.GetBytes(ContractVersion.After(old.Version, contract.Path, contract.Text)));
        }

        var (topic, number) = ($"conflict-{order.Module}-{order.Ask.Round}", Math.Max(before.NextDecision, proposed.NextDecision));
        var told = $"{order.Module}-{order.Ask.Round}.md";
        Publisher.Write(Path.Combine(site.Integration, BuildSite.Memory, "conflicts", told), await File.ReadAllBytesAsync(site.Directory.In("conflicts", told), stop));
        var names = string.Join(", ", changes.Select(c => c.Path));
        ImmutableArray<string> affected = [.. proposed.RequireBlueprint().Modules.Select(m => m.Name).Where(m => changes.Any(c => c.Affects.Contains(m)))];
        new DecisionRecord(
            number, topic, $"Conflict of {order.Module}", "accepted", $"{ReportText.Line(order.Ask.Because)} What the builder said: conflicts/{told}.", $"The contracts flex: {names}.",
            "The builder adapts, and the contracts stay as they were.", "Builders that work against these contracts are briefed again.", affected).WriteTo(site.Contracts);
        var after = site.ReadContracts();
        var blueprint = after.Blueprint ?? throw new StageRefusedException("the changed contracts have problems: " + string.Join("; ", after.Problems.Take(20)));
        foreach (var module in affected)
        {
            memory.Remark(module, $"Contracts changed on {time.GetUtcNow():yyyy-MM-dd}: {names}. Read them anew; decisions/{number:000}-{topic}.md says why.");
        }

        var commit = await BranchWork.CommitAllAsync(integration, $"Change contracts: {names}\n\nRun {site.RunId}, {order.Key}.", stop);
        var line = $"Contracts have changed: {names}.";
        return new(new StepResult.Contracts(commit.Commit, blueprint), line, new("Contract change", [line]));
    }
}
