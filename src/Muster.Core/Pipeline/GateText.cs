using System.Globalization;
using System.Text;
using Muster.Artefacts;
using Muster.Contracts;
using Muster.Git;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>What a person is shown before they decide a gate: computed from the repository and the journal, never an agent's own words about itself.</summary>
public static class GateText
{
    private const int MostFiles = 60;

    /// <summary>The text; clean, for a terminal.</summary>
    /// <param name="run">The build.</param>
    /// <param name="directory">Where it lives.</param>
    /// <param name="gate">One of its gates.</param>
    /// <param name="time">Time.</param>
    /// <param name="cancellationToken">Ends git.</param>
    public static async Task<string> OfAsync(RunState run, RunDirectory directory, GateState gate, TimeProvider time, CancellationToken cancellationToken)
    {
        var text = new StringBuilder()
            .Append("gate ").Append(gate.Name).Append("   ").Append(Word(gate)).Append('\n')
            .Append("hash ").Append(gate.Sha256).Append('\n')
            .Append(gate.Subject).Append('\n');
        if (gate.Void is { } before)
        {
            text.Append("An approval of ").Append(before[..12]).Append(" is void: what it was given for has changed since.\n");
        }

        var build = run.Header.Build!;
        var contracts = directory.In("builds", "integration", BuildSite.Memory, "contracts");
        switch (gate.Name.Split('/')[0])
        {
            case BuildStage.ArchitectureGate when Latest<StepResult.Contracts>(run) is { } proposed:
                foreach (var module in proposed.Blueprint.Modules)
                {
                    text.Append(CultureInfo.InvariantCulture, $"\n  {module.Name} ({module.BuilderModel}, {module.EstimatedComplexity}): {ReportText.Line(module.Description, 300)}\n");
                    text.Append("    paths ").Append(string.Join(", ", module.Paths)).Append(module.DependsOn.IsEmpty ? string.Empty : $"; needs {string.Join(", ", module.DependsOn)}").Append('\n');
                    text.Append("    test  ").Append(module.TestCommand.IsEmpty ? build.TestCommand.IsEmpty ? "none" : string.Join(' ', build.TestCommand) : string.Join(' ', module.TestCommand)).Append('\n');
                }

                text.Append("\nbuild order    ").Append(string.Join(", ", proposed.Blueprint.BuildOrder)).Append("\nassembly order ").Append(string.Join(", ", proposed.Blueprint.AssemblyOrder)).Append('\n');
                await ChangesAsync(text, build, build.BaseCommit, proposed.Commit, time, cancellationToken);
                text.Append("contracts in ").Append(contracts).Append('\n');
                break;
            case BuildStage.ShipGate:
                if (BuildWorkflow.ShippingOf(run) is var (head, target))
                {
                    await ShippingAsync(text, run, gate, head, target, time, cancellationToken);
                }

                Ship(text, run, build);
                break;
            case BuildStage.Build or BuildStage.Assemble or BuildStage.Harden:
                Standing(text, run);
                break;
            case "conflict":
                Conflict(text, run, directory, gate, contracts);
                break;
        }

        text.Append("approve: ").Append(MeaningOf(gate.Name, isFix: !build.Fixes.IsEmpty)).Append('\n');
        return DisplayText.Clean(text.ToString());
    }

    private static string Word(GateState gate) => gate.Standing switch
    {
        GateStanding.Open => "waits for a person",
        GateStanding.Approved => $"approved by {gate.By}",
        _ => $"rejected by {gate.By}: {gate.Because}",
    };

    private static string MeaningOf(string gate, bool isFix) => gate.Split('/')[0] switch
    {
        "module" or "critical" when isFix => "the finding is left as it is; reject --because: it is tried again with your words",
        "module" or "critical" => "the project goes on without the module; reject --because: its builder tries again with your words",
        "conflict" => "what is proposed is done; reject --because: the contract stands, and the builder adapts with your words",
        "ship" when isFix => "it is brought to the base branch; reject --because: nothing is, and the branches stay where they are",
        "ship" => "it is brought to the base branch; reject --because: the release is prepared again with your words",
        "architecture" => "it is built; reject --because: the architect works on it again with your words",
        "base-moved" => "you have seen to the base branch, and it is looked at again",
        "scaffold" => "it is built upon; reject --because: the skeleton is laid again with your words",
        _ => "the build goes on; reject --because: the modules that your words name, or all, are built again with them",
    };

    /// <summary>The commits are the journal's, which the gate's hash binds: a branch can have been moved by somebody who would like another difference to be seen.</summary>
    private static async Task ShippingAsync(StringBuilder text, RunState run, GateState gate, string head, string target, TimeProvider time, CancellationToken cancellationToken)
    {
        var (build, branch) = (run.Header.Build!, $"orchestration/{run.Header.RunId}/integration");
        if (await (await GitRepository.OpenAsync(build.Repository, time, cancellationToken)).CommitOfAsync("refs/heads/" + branch, cancellationToken) is var now && now != head)
        {
            text.Append(CultureInfo.InvariantCulture, $"ALARM: {branch} is at {now ?? "no commit"}, and the engine did not do that; what is shipped, and shown here, is {head}\n");
        }

        if (gate.Void is not null && Enumerable.Range(0, run.Table.Count).LastOrDefault(step => run.Table[step].Key.StartsWith("land/", StringComparison.Ordinal), -1) is >= 0 and var land)
        {
            text.Append("\nsince that approval:");
            await ChangesAsync(text, build, run.AskOf(land)!.Commit!, head, time, cancellationToken);
        }

        await ChangesAsync(text, build, target, head, time, cancellationToken);
    }

    private static void Ship(StringBuilder text, RunState run, BuildHeader build)
    {
        Standing(text, run);
        text.Append("to ").Append(build.BaseBranch).Append(build.NoFastForward ? " by a merge commit\n" : " by fast-forward\n");
    }

    private static void Standing(StringBuilder text, RunState run)
    {
        var report = BuildReport.Of(run);
        text.Append('\n').Append(report.ModuleCensus).Append("\nsteps: ").Append(run.Census).Append('\n');
        foreach (var (name, standing) in report.Modules)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {name} {standing.Doing}, {standing.Round} round{(standing.Round == 1 ? string.Empty : "s")}\n");
            if (run.Header.Build!.Fixes.FirstOrDefault(fix => fix.Id == name) is { } finding)
            {
                text.Append(CultureInfo.InvariantCulture, $"    [{finding.Severity}] {ReportText.Line(finding.Location, 200)}: {ReportText.Line(finding.Message, 200)}\n");
            }
        }

        text.Append(!run.Header.Build!.Fixes.IsEmpty ? string.Empty : report.Hardened is { } h
            ? string.Create(CultureInfo.InvariantCulture, $"hardening: {h.Outcome}, {h.Critical} critical, {h.Major} major, {h.Minor} minor findings\n")
            : "hardening: it did not end\n");
        text.Append(CultureInfo.InvariantCulture, $"backlog: {report.Minor} minor findings of QC\n");
        foreach (var (key, reason) in report.Gaps)
        {
            text.Append("gap: ").Append(key).Append(": ").Append(ReportText.Line(reason, 200)).Append('\n');
        }

        foreach (var line in CostReport.Of(run)?.Domains ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"cost of {line.Name}: {line.Spending.Tokens:N0} tokens, {line.Spending}\n");
        }
    }

    /// <summary>What the judge's proposal changes, found by reading both: its own words about that are an agent's.</summary>
    private static void Conflict(StringBuilder text, RunState run, RunDirectory directory, GateState gate, string contracts)
    {
        var (module, round) = (gate.Name.Split('/')[1], int.Parse(gate.Name.Split('/')[2], CultureInfo.InvariantCulture));
        var judge = BuildConflict.JudgeOf(run, module, round)!;
        text.Append("what the builder says: ").Append(directory.In("conflicts", $"{module}-{round}.md"))
            .Append("\nwhat the judge says:   ").Append(directory.Published(Role.Judge, judge)).Append('\n');
        if (run.ResultOf(run.Table.IndexOf(judge)) is not { } json || StepResult.Parse(json) is not StepResult.Proposed { Flexes: true })
        {
            text.Append("no contract changes\n");
            return;
        }

        var candidate = directory.In("proposals", judge.Replace('/', '-'));
        var (before, after) = (ContractSet.Read(contracts), ContractSet.Read(candidate));
        if (after.Blueprint?.ContractsHash != gate.Sha256)
        {
            text.Append(candidate).Append(" is not what this gate is about any more: approved, it will be refused\n");
            return;
        }

        foreach (var change in ContractChange.Between(before, after))
        {
            text.Append("  ").Append(change.Before is null ? "new      " : change.After is null ? "gone     " : "changed  ").Append(change.Path);
            text.Append(before.Locks.Find(change.Path) is { } held ? $", {held.Level.ToString().ToLowerInvariant()} by {held.LockedBy}" : string.Empty);
            text.Append(change.Affects.IsEmpty ? "; affects nobody\n" : $"; affects {string.Join(", ", change.Affects)}\n");
        }

        text.Append("all of it: git diff --no-index ").Append(contracts).Append(' ').Append(candidate).Append('\n');
    }

    private static async Task ChangesAsync(StringBuilder text, BuildHeader build, string from, string to, TimeProvider time, CancellationToken cancellationToken)
    {
        var diff = await BranchDiff.ReadAsync(await GitRepository.OpenAsync(build.Repository, time, cancellationToken), from, to, cancellationToken);
        text.Append(CultureInfo.InvariantCulture, $"\n{diff.Count:N0} files differ from {from[..12]}: +{diff.Added:N0} -{diff.Deleted:N0} lines\n");
        foreach (var path in diff.Paths.Take(MostFiles))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {path.Status} {ReportText.Line(path.Path, 200)} +{path.Added} -{path.Deleted}\n");
        }

        if (diff.Count > MostFiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"  and {diff.Count - MostFiles:N0} more\n");
        }

        text.Append("all of it: git -C ").Append(build.Repository).Append(" diff ").Append(from[..12]).Append(' ').Append(to[..12]).Append('\n');
    }

    private static T? Latest<T>(RunState run)
        where T : StepResult =>
        Enumerable.Range(0, run.Table.Count).Select(run.ResultOf).Where(json => json is not null).Select(json => StepResult.Parse(json!)).OfType<T>().LastOrDefault();
}
