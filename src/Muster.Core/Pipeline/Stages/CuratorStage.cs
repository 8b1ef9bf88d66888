using Muster.Agents;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>Brings the brain files in order after a build; they are committed on the integration branch.</summary>
internal sealed class CuratorStage(BuildSite site, MemoryFiles memory) : IBuildStage
{
    public Role Role => Role.Curator;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var brains = order.Beside("brains");
        var there = Path.Combine(site.Integration, BuildSite.Memory, "brains");
        var sources = (Directory.Exists(there) ? Directory.EnumerateFiles(there, "*.md") : []).Concat(Directory.EnumerateFiles(site.Directory.In("steps"), "*.md")).Order(StringComparer.Ordinal);
        return new(site.Integration, brains, ["Read", "Grep", "Glob", "Write"], new(StringComparer.Ordinal)
        {
            ["project_root"] = site.Integration,
            ["project_name"] = site.Build.Project,
            ["context_files"] = string.Join('\n', sources.Select(path => "- " + path)),
            ["brains_directory"] = brains,
        })
        {
            Seed = Directory.Exists(there) ? there : null,
        };
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var integration = await site.IntegrationToWriteAsync(order.Ask.Commit!, stop);
        var brains = order.Beside("brains");
        foreach (var path in Directory.Exists(brains) ? Directory.EnumerateFiles(brains, "*.md") : [])
        {
            var name = Path.GetFileName(path);
            if (ProposedFile.Read(brains, name) is { } text)
            {
                memory.WriteBrain(Path.GetFileNameWithoutExtension(name), text);
            }
        }

        var commit = await BranchWork.CommitAllAsync(integration, $"Bring memory in order\n\nRun {site.RunId}.", stop);
        return new StepResult.Moved(commit.Commit);
    }
}
