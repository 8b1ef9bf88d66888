using Muster.Contracts;
using Muster.Runs;

namespace Muster.Pipeline;

/// <summary>A build as a pure function of its state: which steps and gates it wants now. It reads as the story of a build.</summary>
/// <remarks>
/// Nothing is remembered between two calls. A step that is wanted and not there becomes one; where the story must wait, it stops. The
/// integration branch is moved by one step at a time, so that the commit of the last one that ended is its head.
/// </remarks>
internal sealed partial class BuildWorkflow
{
    private readonly RunState run;
    private readonly BuildHeader build;
    private readonly List<RunEvent> wanted = [];
    private readonly Dictionary<string, ModuleStanding> modules = new(StringComparer.Ordinal);
    private bool isHalted;
    private (string Head, string Target)? shipping;

    private BuildWorkflow(RunState run)
    {
        (this.run, build) = (run, run.Header.Build!);
        isHalted = run.Gates.Any(gate => gate.Standing is GateStanding.Open && gate.Name.StartsWith("critical/", StringComparison.Ordinal));
        if (!build.Fixes.IsEmpty)
        {
            (head, contracts) = (build.BaseCommit, new(build.BaseCommit, FixBlueprint.Of(build)));
        }

        LookAtHead();
    }

    /// <summary>What a build wants that it has not, in order.</summary>
    public static IReadOnlyList<RunEvent> Wanted(RunState run)
    {
        var workflow = new BuildWorkflow(run);
        _ = workflow.Tell();
        return workflow.wanted;
    }

    /// <summary>How a build ended that wants nothing more and waits for nobody.</summary>
    public static RunStatus OutcomeOf(RunState run)
    {
        var workflow = new BuildWorkflow(run);
        var isShipped = workflow.Tell();
        return !isShipped ? RunStatus.Failed
            : Enumerable.Range(0, run.Table.Count).Any(workflow.IsGap) || workflow.modules.Values.Any(m => m.IsLeftOut) ? RunStatus.CompleteWithGaps
            : RunStatus.Complete;
    }

    /// <summary>Where each module of the blueprint stands; empty before there is one.</summary>
    public static IReadOnlyDictionary<string, ModuleStanding> ModulesOf(RunState run)
    {
        var workflow = new BuildWorkflow(run);
        _ = workflow.Tell();
        return workflow.modules;
    }

    /// <summary>Steps that came to nothing and were not asked again since.</summary>
    public static IEnumerable<int> GapsOf(RunState run)
    {
        var workflow = new BuildWorkflow(run);
        _ = workflow.Tell();
        return Enumerable.Range(0, run.Table.Count).Where(workflow.IsGap);
    }

    /// <summary>The commit that is shipped once the gate is approved, and where the base branch must be for that; null before and after.</summary>
    public static (string Head, string Target)? ShippingOf(RunState run)
    {
        var workflow = new BuildWorkflow(run);
        _ = workflow.Tell();
        return workflow.shipping;
    }

    /// <returns>Whether what was built is shipped.</returns>
    private bool Tell()
    {
        if (!build.Fixes.IsEmpty)
        {
            return Modules(build.BaseCommit) && Assemble(contracts!.Blueprint) && Ship();
        }

        if (Architecture() is not { } approved
            || !Settles("bootstrap", Role.Trainer, Tier.Sonnet, BuildStage.Bootstrap, new() { Commit = approved.Commit })
            || Scaffold(approved) is not { } start)
        {
            return false;
        }

        return Modules(start)
            && OwnGate(BuildStage.Build, "All modules are built and have passed QC, or are left out.", [.. modules.Select(m => $"{m.Key} {m.Value.Round} {m.Value.Commit}")])
            && Assemble(contracts!.Blueprint)
            && Settles(Anew("remember"), Role.Engine, Tier.Haiku, BuildStage.Assemble, new() { Commit = head, Inputs = [.. Merged] })
            && OwnGate(BuildStage.Assemble, "All modules are merged, and the integration tests pass.", Anew("remember"), Result<StepResult.Moved>(Anew("remember"))?.Commit ?? string.Empty)
            && Settles(Anew("harden"), Role.Engine, Tier.Opus, BuildStage.Harden, new() { Commit = head, Detail = LimitsLeft })
            && OwnGate(BuildStage.Harden, "What is assembled was audited.", Anew("harden"), Result<StepResult.Hardened>(Anew("harden"))?.RunId ?? string.Empty)
            && Ship()
            && Settles("curate", Role.Curator, Tier.Sonnet, BuildStage.Curate, new() { Commit = head });
    }

    /// <summary>Every module goes its way; whether none has to be waited for, and there is something to assemble.</summary>
    private bool Modules(string start)
    {
        foreach (var name in contracts!.Blueprint.BuildOrder)
        {
            modules[name] = Follow(contracts.Blueprint.Find(name)!, start);
        }

        SendBack();
        return modules.Values.All(module => module.IsSettled) && modules.Values.Any(module => !module.IsLeftOut);
    }

    /// <summary>The blueprint as it stands, once a person has approved it.</summary>
    private StepResult.Contracts? Architecture()
    {
        var round = LatestRound("architect/");
        if (round == 0)
        {
            Want("architect/1", Role.Architect, Tier.Opus, BuildStage.Architect, new() { Commit = build.BaseCommit });
            return null;
        }

        if (Result<StepResult.Contracts>($"architect/{round}") is not { } proposed)
        {
            return null;
        }

        var gate = Gate(
            BuildStage.ArchitectureGate, Hash(proposed.Commit, proposed.Blueprint.ContractsHash, $"{round}"), // A rejection is of one round.
            $"the architecture of {proposed.Blueprint.Project}: {proposed.Blueprint.Modules.Length} modules");
        if (gate?.Standing is GateStanding.Rejected)
        {
            Want($"architect/{round + 1}", Role.Architect, Tier.Opus, BuildStage.Architect, new()
            {
                Round = round + 1,
                Commit = proposed.Commit,
                Because = $"{gate.By} rejected it: {gate.Because}",
            });
        }

        return gate?.Standing is GateStanding.Approved ? contracts : null;
    }

    /// <summary>The commit that every builder starts from.</summary>
    private string? Scaffold(StepResult.Contracts approved)
    {
        var round = Math.Max(1, LatestRound("scaffold/"));
        Want("scaffold/1", Role.Scaffolder, Tier.Opus, BuildStage.Scaffold, new() { Commit = head ?? approved.Commit });
        if (Result<StepResult.Moved>($"scaffold/{round}") is not { } scaffold)
        {
            return null;
        }

        var gate = build.Gates.Contains(BuildStage.Scaffold)
            ? Gate(BuildStage.Scaffold, Hash(scaffold.Commit, $"{round}"), "The skeleton stands as the contracts have it.")
            : null;
        if (gate?.Standing is GateStanding.Rejected)
        {
            Want($"scaffold/{round + 1}", Role.Scaffolder, Tier.Opus, BuildStage.Scaffold, new()
            {
                Round = round + 1,
                Commit = scaffold.Commit,
                Because = $"{gate.By} rejected it: {gate.Because}",
            });
        }

        return !build.Gates.Contains(BuildStage.Scaffold) || gate?.Standing is GateStanding.Approved ? scaffold.Commit : null;
    }

    /// <summary>Merges one module after the other, in order, until all are in.</summary>
    private bool Assemble(Blueprint blueprint)
    {
        foreach (var module in blueprint.AssemblyOrder.Select(name => (Name: name, Is: modules[name])).Where(module => !module.Is.IsLeftOut))
        {
            var key = $"merge/{module.Name}/{module.Is.Round}";
            if (!Has(key) && !isHeadMoving)
            {
                Want(key, Role.Engine, Tier.Haiku, BuildStage.Assemble, new()
                {
                    Module = module.Name,
                    Round = module.Is.Round,
                    Commit = head,
                    Detail = module.Is.Commit,
                });
            }

            if (Result<StepResult.Merged>(key) is not { Trouble: null })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Keys of the builders' steps whose work is merged.</summary>
    private IEnumerable<string> Merged => modules.Where(module => !module.Value.IsLeftOut).Select(module => $"build/{module.Key}/{module.Value.Round}");

    /// <summary>Prepares, asks a person, and brings what they approved to the base branch; anew as long as that branch moves meanwhile.</summary>
    private bool Ship()
    {
        var round = Math.Max(1, LatestRound("ship/"));
        if (build.Fixes.IsEmpty && !Settles($"ship/{round}", Role.Shipper, Tier.Sonnet, BuildStage.Ship, new() { Commit = head, Detail = Anew("harden") }))
        {
            return false;
        }

        var landing = LatestRound("land/");
        var (target, sync) = (build.BaseCommit, 0);
        if (landing > 0 && Result<StepResult.Landed>($"land/{landing}") is { } landed)
        {
            if (landed.BaseMovedTo is not { } moved)
            {
                return true;
            }

            (target, sync) = (moved, landing);
            Want($"sync/{sync}", Role.Engine, Tier.Haiku, BuildStage.Ship, new() { Round = sync, Commit = head, Detail = moved });
            if (Result<StepResult.Merged>($"sync/{sync}") is not { } synced)
            {
                return false;
            }

            if (synced.Trouble is { } trouble)
            {
                // Nothing but a person can see to it; after that the branch is looked at again, under the approval that there is.
                if (Gate("base-moved", Hash(moved, trouble, $"{sync}"), "the base branch has moved and no longer goes with what was built: " + trouble)?.Standing is GateStanding.Approved)
                {
                    Land(landing + 1, run.AskOf(run.Table.IndexOf($"land/{landing}"))!.Detail!);
                }

                return false;
            }
        }
        else if (landing > 0)
        {
            return false;
        }

        shipping = (head!, target);
        var gate = Gate(BuildStage.ShipGate, Hash(head!, target, $"{round}"), $"ship {head![..12]} to {build.BaseBranch} at {target[..12]}");
        switch (gate?.Standing)
        {
            case GateStanding.Rejected when !build.Fixes.IsEmpty:
                return false; // Nothing is shipped; the branches stay.
            case GateStanding.Rejected:
                Want($"ship/{round + 1}", Role.Shipper, Tier.Sonnet, BuildStage.Ship, new()
                {
                    Round = round + 1,
                    Commit = head,
                    Detail = Anew("harden"),
                    Because = $"{gate.By} rejected it: {gate.Because}",
                });
                return false;
            case GateStanding.Approved:
                Land(landing + 1, target);
                return false;
            default:
                return false;
        }
    }

    private void Land(int round, string target) =>
        Want($"land/{round}", Role.Engine, Tier.Haiku, BuildStage.Ship, new() { Round = round, Commit = head, Detail = target });
}
