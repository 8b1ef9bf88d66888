using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Muster.Contracts;
using Muster.Runs;

namespace Muster.Pipeline;

/// <content>How the story asks for steps and gates, and reads what came of them.</content>
internal sealed partial class BuildWorkflow
{
    /// <summary>Beginnings of the keys of steps that move the integration branch.</summary>
    private static readonly string[] HeadMovers = ["architect/", "bootstrap", "scaffold/", "contract/", "merge/", "remember", "ship/", "sync/", "curate"];

    /// <summary>Results by the JSON that the state holds, so that a long one is read once and not at every event.</summary>
    private static readonly ConditionalWeakTable<string, StepResult> Parsed = [];

    /// <summary>Briefs by blueprint and module, for the same reason.</summary>
    private static readonly ConditionalWeakTable<Blueprint, ConcurrentDictionary<string, string>> Briefs = [];

    /// <summary>Head of the integration branch: what the last step that moved it left; null before the first.</summary>
    private string? head;

    /// <summary>The contracts as they stand: the architect's, or those of the last conflict that changed them.</summary>
    private StepResult.Contracts? contracts;

    /// <summary>The step that last left the integration branch at a commit, by the commit.</summary>
    private readonly Dictionary<string, int> heads = new(StringComparer.Ordinal);

    /// <summary>The last step that merges a module; -1 before the first.</summary>
    private int lastMerge = -1;

    private bool isHeadMoving;

    private void LookAtHead()
    {
        for (var step = 0; step < run.Table.Count; step++)
        {
            if (!MovesHead(run.Table[step].Key))
            {
                continue;
            }

            isHeadMoving |= !run[step].IsFinal;
            lastMerge = run.Table[step].Key.StartsWith("merge/", StringComparison.Ordinal) ? step : lastMerge;
            var result = ResultOf(step);
            contracts = result as StepResult.Contracts ?? contracts;
            head = result switch
            {
                StepResult.Contracts changed => changed.Commit,
                StepResult.Moved moved => moved.Commit,
                StepResult.Merged merged => merged.Commit,
                _ => head,
            };
            if (head is not null)
            {
                heads[head] = step;
            }
        }
    }

    /// <summary>The commit, or that of the contracts where they have changed since it: nobody builds against a contract that is in nobody's tree.</summary>
    private string WithContracts(string start) =>
        heads.TryGetValue(start, out var at) && heads.TryGetValue(contracts!.Commit, out var changed) && at < changed ? contracts.Commit : start;

    private static bool MovesHead(string key) => HeadMovers.Any(mover => key.StartsWith(mover, StringComparison.Ordinal));

    /// <summary>Hash of what a module's builder is asked to build against: its contracts, its locks' assertions, and what modules.json says of it.</summary>
    private string BriefOf(Module module) => Briefs.GetValue(contracts!.Blueprint, _ => new(StringComparer.Ordinal)).GetOrAdd(
        module.Name, static (_, about) => Hash(
        [
            .. about.Blueprint.ContractsFor(about.Module.Name).Select(c => c.Sha256), about.Module.Description, about.Module.BuilderModel,
            .. about.Module.DependsOn, .. about.Module.TestCommand, .. about.Module.Paths, .. about.Blueprint.AssertionsFor(about.Module.Name),
        ]), (contracts.Blueprint, Module: module));

    /// <summary>Asks for a step unless it is there, or the build is halted.</summary>
    private void Want(string key, Role role, Tier tier, string stage, StepAsk ask)
    {
        if (Has(key) || isHalted || wanted.OfType<RunEvent.StepAdded>().Any(e => e.Step == key))
        {
            return;
        }

        isHeadMoving |= MovesHead(key);
        var agent = build.AgentOf(role);
        var model = run.Header.ModelOf(agent, tier.ToString().ToLowerInvariant())?.Model;
        wanted.Add(new RunEvent.StepAdded(
            key, role, tier, stage, agent, Hash(key, role.ToString(), tier.ToString(), agent, model ?? string.Empty, JsonSerializer.Serialize(ask, StepResultShapes.Default.StepAsk)), ask));
    }

    /// <summary>Whether a step that is done once is final. Without it the project goes on, with a gap.</summary>
    private bool Settles(string key, Role role, Tier tier, string stage, StepAsk ask)
    {
        Want(key, role, tier, stage, ask);
        return Has(key) && !IsOpen(key);
    }

    /// <summary>What an audit beneath the build may spend: what is left of the build's limits.</summary>
    private string LimitsLeft => JsonSerializer.Serialize(
        run.Limits with
        {
            Agents = run.Limits.Agents - run.Attempts,
            Tokens = run.Limits.Tokens - run.Spent.Tokens - run.ReservedTokens,
            Usd = run.Limits.Usd - run.KnownUsd - run.ReservedUsd,
            Wall = run.Limits.Wall - run.Wall,
        },
        StepResultShapes.Default.RunLimits);

    /// <summary>Whether a step came to nothing, and no later round took its place.</summary>
    private bool IsGap(int step)
    {
        if (run[step].Status is not (StepStatus.Failed or StepStatus.Skipped))
        {
            return false;
        }

        var ask = run.AskOf(step)!;
        return ask.Module is { } module ? !modules.TryGetValue(module, out var standing) || ask.Round >= standing.Round
            : run.Table[step].Key.Split('/') is var key && !Has($"{key[0]}/{(key.Length > 1 ? int.Parse(key[1], CultureInfo.InvariantCulture) : 1) + 1}");
    }

    private bool Has(string key) => run.Table.IndexOf(key) >= 0;

    private bool IsOpen(string key) => run.Table.IndexOf(key) is >= 0 and var step && !run[step].IsFinal;

    private string ReasonOf(string key) => run.ReasonOf(run.Table.IndexOf(key)) ?? "it failed";

    private T? Result<T>(string key)
        where T : StepResult =>
        run.Table.IndexOf(key) is >= 0 and var step ? ResultOf(step) as T : null;

    private StepResult? ResultOf(int step) => run.ResultOf(step) is { } result ? Parsed.GetValue(result, StepResult.Parse) : null;

    /// <summary>The highest N of which there is a step PREFIX N; 0 when there is none.</summary>
    private int LatestRound(string prefix)
    {
        var round = 0;
        while (Has($"{prefix}{round + 1}"))
        {
            round++;
        }

        return round;
    }

    /// <summary>The gate as it stands about just this; null when it is opened only now.</summary>
    private GateState? Gate(string name, string sha256, string subject)
    {
        if (run.GateOf(name) is { } gate && gate.Sha256 == sha256)
        {
            return gate;
        }

        wanted.Add(new RunEvent.GateOpened(name, sha256, subject));
        return null;
    }

    /// <summary>A gate that the person asked for after a stage, about just this. Without it, or approved: go on. Rejected, it sends modules back.</summary>
    private bool OwnGate(string stage, string subject, params ReadOnlySpan<string> about) =>
        !build.Gates.Contains(stage) || Gate(stage, Hash([stage, .. about]), subject)?.Standing is GateStanding.Approved;

    /// <summary>The key of a step over all that is assembled: its last, or a new one where something was merged since.</summary>
    private string Anew(string name)
    {
        var round = Has(name) ? LatestAfterFirst(name) : 0;
        var key = round > 1 ? $"{name}/{round}" : name;
        return round > 0 && lastMerge > run.Table.IndexOf(key) ? $"{name}/{round + 1}" : key;
    }

    private int LatestAfterFirst(string name)
    {
        var round = 1;
        while (Has($"{name}/{round + 1}"))
        {
            round++;
        }

        return round;
    }

    private static string Hash(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts!))));
}
