using Muster.Agents;
using Muster.Contracts;
using Muster.Git;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>The architect proposes contracts in its own directory; what code finds sound is committed on the integration branch.</summary>
internal sealed class ArchitectStage(BuildSite site) : IBuildStage
{
    private const int MostProblems = 30;

    public Role Role => Role.Architect;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        await site.IntegrationAtAsync(order.Ask.Commit!, stop);
        var contracts = order.Beside("contracts");
        var before = Path.Combine(Path.GetDirectoryName(order.Home)!, $"{order.Attempt - 1}", "contracts");
        return new(site.Integration, contracts, ["Read", "Grep", "Glob", "Write", "Edit"], new(StringComparer.Ordinal)
        {
            ["project_root"] = site.Integration,
            ["project_description"] = site.Build.What,
            ["existing_codebase_summary_or_none"] = site.Build.IsGreenfield ? "None" : site.Build.IsFeature
                ? "A project that works. What is to be built is a feature of it: name only modules that are new or that must change, with paths that hold just what they may touch. Read what you need of the tree first."
                : "A tree that may hold something already: read what you need of it first, and leave paths alone that no module needs.",
            ["contracts_directory"] = contracts,
        })
        {
            // An earlier attempt's files, else the contracts as they are, so that nothing sound is written twice.
            Seed = Directory.Exists(before) ? before : order.Ask.Round > 1 || Directory.Exists(site.Contracts) ? site.Contracts : null,
        };
    }

    public async Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        var proposed = ContractSet.Read(order.Beside("contracts"));
        if (proposed.Blueprint is not { } blueprint)
        {
            throw new StageRefusedException("the contracts have problems: " + string.Join("; ", proposed.Problems.Take(MostProblems)));
        }

        var tests = blueprint.Modules.Select(module => (Whose: $"test_command of {module.Name}", module.TestCommand)).Append((Whose: "integration_test_command", TestCommand: blueprint.IntegrationTestCommand))
            .Select(test => TestProgram.WhyNot(test.TestCommand) is { } why ? $"modules.json: {test.Whose} {why}" : null).OfType<string>().ToList();
        if (tests.Count > 0)
        {
            throw new StageRefusedException("the contracts have problems: " + string.Join("; ", tests.Take(MostProblems)));
        }

        var integration = await site.IntegrationToWriteAsync(order.Ask.Commit!, stop);
        if (Directory.Exists(site.Contracts) && LockRules.Check(site.ReadContracts(), proposed, LockActor.Architect) is { Count: > 0 } violations)
        {
            throw new StageRefusedException("locks are broken: " + string.Join("; ", violations.Select(v => v.Message)));
        }

        proposed.WriteTo(site.Contracts);
        var commit = await BranchWork.CommitAllAsync(integration, $"Contracts of {blueprint.Project}\n\nRun {site.RunId}, {order.Key}.", stop);

        return new StepResult.Contracts(commit.Commit, blueprint);
    }
}
