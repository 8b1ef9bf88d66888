using System.Globalization;
using Muster.Agents;
using Muster.Git;
using Muster.Runs;
using Muster.Training;

namespace Muster.Pipeline.Stages;

/// <summary>Training pairs from the contracts, checked pair by pair before they are kept.</summary>
internal sealed class TrainerStage(BuildSite site, MemoryFiles memory) : IBuildStage
{
    private const string FileName = "bootstrap.jsonl";

    public Role Role => Role.Trainer;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var blueprint = site.Blueprint;
        var training = order.Beside("training");
        return new(site.Integration, training, ["Read", "Grep", "Glob", "Write"], new(StringComparer.Ordinal)
        {
            ["project_root"] = site.Integration,
            ["project_name"] = blueprint.Project,
            ["training_output_path"] = Path.Combine(training, FileName),
            ["source_file_list"] = ContractList.Of(string.Empty, blueprint.Contracts),
            ["start_pair_id"] = memory.NextPair.ToString(CultureInfo.InvariantCulture),
            ["taxonomy_types"] = string.Join(", ", Enum.GetNames<TrainingTaxonomy>().Select(name => name.ToLowerInvariant())),
        });
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var integration = await site.IntegrationToWriteAsync(order.Ask.Commit!, stop);
        var kept = site.Proposals(order.Key);
        ProposedFile.Keep(order.Beside("training"), FileName, kept);
        var taken = memory.TakePairs(FileName, Path.Combine(kept, FileName));
        if (taken is { Added: 0, Known: 0 })
        {
            throw new StageRefusedException("no pair of its file can be taken: " + string.Join("; ", taken.Problems.Select(p => p.ToString()).DefaultIfEmpty("there is none").Take(20)));
        }

        var commit = await BranchWork.CommitAllAsync(integration, $"Training data from the contracts\n\nRun {site.RunId}.", stop);
        return new StepResult.Moved(commit.Commit);
    }
}
