using Muster.Artefacts;
using Muster.Pipeline;
using Muster.Reports;
using Muster.Runs;

namespace Muster.Cli;

/// <summary>Prints what a person reads of a build.</summary>
internal static class BuildView
{
    private const int MostListed = 20;

    /// <summary>The stages of a build and what an attempt of each role is expected to cost, for somebody who has not begun it.</summary>
    public static void Outline(TextWriter text, BuildRequest request, IEnumerable<string> notices)
    {
        text.WriteLine($"build: {ReportText.Line(request.What, 200)}");
        text.WriteLine($"in {request.Path}, {(request.IsFeature ? "a feature of what is there" : "a project of its own")}");
        text.WriteLine();
        (string Stage, Role Role, Tier Tier, string What)[] stages =
        [
            (BuildStage.Architect, Role.Architect, Tier.Opus, "contracts; a person approves them"),
            (BuildStage.Bootstrap, Role.Trainer, Tier.Sonnet, "training data from the contracts"),
            (BuildStage.Scaffold, Role.Scaffolder, Tier.Opus, "a skeleton, held against modules.json by code"),
            (BuildStage.Build, Role.Builder, Tier.Sonnet, "each module in a worktree: built, checked and tested by code"),
            (BuildStage.Build, Role.Qc, Tier.Sonnet, "each module examined; at most 2 fix cycles"),
            (BuildStage.Assemble, Role.Engine, Tier.Haiku, "merges in order, integration tests after each"),
            (BuildStage.Harden, Role.Worker, Tier.Sonnet, "an audit of what is assembled: 14 workers, 4 domains"),
            (BuildStage.Ship, Role.Shipper, Tier.Sonnet, "changelog and documents; a person approves what is shipped"),
            (BuildStage.Curate, Role.Curator, Tier.Sonnet, "memory is brought in order"),
        ];
        foreach (var (stage, role, tier, what) in stages)
        {
            var agent = role is Role.Engine ? "engine" : request.RoleAgents.GetValueOrDefault(role.ToString().ToLowerInvariant(), request.Agent);
            var (reads, writes) = AttemptReserve.Expected(role);
            var name = tier.ToString().ToLowerInvariant();
            var model = RunModel.IsUsedBy(agent) && role is not Role.Engine ? Plans.PlanModels.OfTiers([agent], request.Models).First(m => m.Name == name) : null;
            var cost = model is null ? "no cost known or none" : model.Usd(reads, writes) is { } usd ? $"about {usd:0.00} USD each ({model.Model})" : $"the price of {model.Model} is not known";
            text.WriteLine($"  {stage,-10} {role.ToString().ToLowerInvariant(),-11} {agent,-10} {what}; {cost}");
        }

        text.WriteLine();
        text.WriteLine("How many modules there are is known after the architecture; the figures are guesses of a role's tokens at list prices.");
        foreach (var notice in notices)
        {
            text.WriteLine(notice);
        }
    }

    public static void Print(RunState run, RunDirectory directory, int exit, TimeSpan took, bool json)
    {
        if (json)
        {
            RunJson.Write(Console.Out, writer =>
            {
                writer.WriteStartObject();
                RunJson.Head(writer, run, directory);
                writer.WriteNumber("exitCode", exit);
                CostView.Write(writer, CostReport.Of(run));
                BuildJson.Write(writer, run);
                writer.WriteEndObject();
            });
            return;
        }

        var text = Console.Out;
        text.WriteLine();
        Standing(text, run);
        text.WriteLine();
        text.WriteLine($"{RunWords.Of(run.Status)}: {BuildReport.Of(run).ModuleCensus}; steps: {run.Census}, in {RunWords.Of(took)}");
        CostView.Print(text, run);
        text.WriteLine($"summary.md, report.md in {directory.Path}");
        text.WriteLine("next: " + Next(run));
    }

    /// <summary>Stages, modules, gates, and what waits for whom.</summary>
    public static void Standing(TextWriter text, RunState run)
    {
        var report = BuildReport.Of(run);
        for (var i = 0; i < run.Table.Domains.Length; i++)
        {
            if (run.CensusOf(i) is { Planned: > 0 } census)
            {
                text.WriteLine($"  {run.Table.Domains[i],-10} {census}");
            }
        }

        foreach (var (name, standing) in report.Modules.Take(MostListed))
        {
            text.WriteLine($"    {name} {standing.Doing}{(standing.Round > 1 ? $" (round {standing.Round})" : string.Empty)}");
        }

        if (report.Modules.Length > MostListed)
        {
            text.WriteLine($"    and {report.Modules.Length - MostListed:N0} more in report.md");
        }

        foreach (var conflict in report.Conflicts.Take(MostListed))
        {
            text.WriteLine("  merge preview: " + ReportText.Line(conflict, 200));
        }

        foreach (var (key, reason) in report.Gaps.Take(MostListed))
        {
            text.WriteLine($"  gap: {key}: {ReportText.Line(reason, 200)}");
        }

        foreach (var gate in run.Gates.Where(g => g.Standing is GateStanding.Open))
        {
            text.WriteLine($"  gate {gate.Name} waits for a person: {ReportText.Line(gate.Subject, 200)}");
        }

        if (report.Landed is { BaseMovedTo: null } landed)
        {
            text.WriteLine(landed.Command is { } command ? $"  {run.Header.Build!.BaseBranch} is checked out; bring it up with: {command}" : $"  {run.Header.Build!.BaseBranch} is at {landed.Commit}");
        }

        if (report.Remembered is { } remembered)
        {
            text.WriteLine($"  memory that was brought in order after the approval is at {remembered[..12]} on orchestration/{run.Header.RunId}/integration");
        }
    }

    private static string Next(RunState run)
    {
        var id = run.Header.RunId;
        return run.Gates.Any(g => g.Standing is GateStanding.Open) ? $"muster approve {id}    muster reject {id} --because \"…\"    then: muster resume {id}"
            : run.IsFinished ? $"muster show {id}    git -C {run.Header.Build!.Repository} log orchestration/{id}/integration"
            : $"muster resume {id}";
    }
}
