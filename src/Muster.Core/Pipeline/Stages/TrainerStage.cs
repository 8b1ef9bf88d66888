using Muster.Agents;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>Training pairs from the contracts, checked pair by pair before they are kept.</summary>
internal sealed class TrainerStage(BuildSite site) : IBuildStage
{
    private const string FileName = "bootstrap.jsonl";

    public Role Role => Role.Trainer;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var blueprint = site.ReadContracts().Blueprint!;
        var training = order.Beside("training");
        return new(site.Integration, training, ["Read", "Grep", "Glob", "Write"], new(StringComparer.Ordinal)
        {
            ["project_root"] = site.Integration,
            ["project_name"] = blueprint.Project,
            ["training_output_path"] = Path.Combine(training, FileName),
            ["source_file_list"] = ContractList.Of(site.Integration, blueprint.Contracts),
            ["start_pair_id"] = "1",
            ["taxonomy_types"] = "factual",
        });
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var integration = await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var commit = await BranchWork.CommitAllAsync(integration, $"Training data from the contracts\n\nRun {site.RunId}.", stop);
        return new StepResult.Moved(commit.Commit);
    }
}
