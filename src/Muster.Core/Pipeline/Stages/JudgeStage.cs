using System.Security.Cryptography;
using System.Text;
using Muster.Agents;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Runs;

namespace Muster.Pipeline.Stages;

/// <summary>Somebody who is not the builder proposes what a conflict with a contract should come to. What flexes must be sound as a whole; a person decides.</summary>
internal sealed class JudgeStage(BuildSite site) : IBuildStage
{
    public Role Role => Role.Judge;

    public async Task<StagePlace> PrepareAsync(StageOrder order, CancellationToken stop)
    {
        var blueprint = site.Blueprint;
        var conflict = Path.Combine(site.Directory.Path, "conflicts", $"{order.Module}-{order.Ask.Round}.md");
        return new(site.Integration, order.Beside("contracts"), ["Read", "Grep", "Glob", "Write", "Edit"], new(StringComparer.Ordinal)
        {
            ["project_root"] = site.Integration,
            ["module_name"] = order.Module,
            ["conflict"] = string.Join('\n', (await File.ReadAllTextAsync(conflict, stop)).Split('\n').Select(l => "> " + l)),
            ["context_files"] = ContractList.Of(site.Integration, blueprint.Contracts),
            ["contracts_directory"] = order.Beside("contracts"),
        });
    }

    public Task<StepResult> JudgeAsync(StageOrder order, AgentTask task, string report, string line, CancellationToken stop)
    {
        const string Flex = "Done. Flex:", Adapt = "Done. Adapt:";
        var flexes = line.StartsWith(Flex, StringComparison.Ordinal);
        if (!flexes && !line.StartsWith(Adapt, StringComparison.Ordinal))
        {
            throw new StageRefusedException($"its return line begins with neither \"{Flex}\" nor \"{Adapt}\"");
        }

        var says = ReportText.Line(line[(flexes ? Flex : Adapt).Length..], 1_000);
        if (!flexes)
        {
            return Task.FromResult<StepResult>(new StepResult.Proposed(false, Hash(report), says));
        }

        var candidate = site.Proposals(order.Key);
        if (Directory.Exists(candidate))
        {
            Directory.Delete(candidate, recursive: true);
        }

        var before = ContractSet.Read(site.Contracts);
        before.WriteTo(candidate);
        var changed = 0;
        foreach (var path in !Directory.Exists(order.Beside("contracts")) ? [] : Directory.EnumerateFiles(order.Beside("contracts"), "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            var name = Path.GetRelativePath(order.Beside("contracts"), path);
            var text = ProposedFile.Read(order.Beside("contracts"), name)
                ?? throw new StageRefusedException($"{DisplayText.Clean(name)} among its contracts has no name that can be read");
            Publisher.Write(Path.Combine(candidate, name), Encoding.UTF8.GetBytes(text));
            changed++;
        }

        var proposed = ContractSet.Read(candidate);
        if (changed == 0 || proposed.Blueprint is null)
        {
            throw new StageRefusedException(changed == 0 ? "it says that a contract should flex and has changed none" : "with its changes the contracts have problems: " + string.Join("; ", proposed.Problems.Take(20)));
        }

        if (LockRules.Check(before, proposed, LockActor.Master) is { Count: > 0 } violations)
        {
            // What a lock holds may flex, as a person decides that; who holds it is not a judge's to say, and what stood in the trail stays.
            throw new StageRefusedException("locks are broken: " + string.Join("; ", violations.Select(v => v.Message)));
        }

        return Task.FromResult<StepResult>(new StepResult.Proposed(true, proposed.Blueprint.ContractsHash, says));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
