using Muster.Contracts;
using Muster.Runs;

namespace Muster.Pipeline;

/// <content>The way of a module: built, checked by code, examined, merged; each time round with what was wrong.</content>
internal sealed partial class BuildWorkflow
{
    /// <summary>Fix cycles that a module gets before a person has to look.</summary>
    private const int MostFixes = 2;

    private ModuleStanding Follow(Module module, string start)
    {
        var round = LatestRound($"build/{module.Name}/");
        if (round == 0)
        {
            return Begin(module, start);
        }

        var key = $"build/{module.Name}/{round}";
        var ask = run.AskOf(run.Table.IndexOf(key))!;
        if (IsOpen(key))
        {
            return new(round, null, false, round == 1 ? "is built" : "is built again");
        }

        if (Result<StepResult.Built>(key) is not { } built)
        {
            return Person(module, round, "module", ReasonOf(key));
        }

        if (built.Conflict is { } conflict)
        {
            return Conflict(module, round, conflict, ask);
        }

        return Check(module, round, ask) ?? Examine(module, round, ask) ?? Outdated(module, round, ask) ?? Merge(module, round, ask);
    }

    private ModuleStanding Begin(Module module, string start)
    {
        if (module.DependsOn.FirstOrDefault(name => modules[name].IsLeftOut) is { } missing)
        {
            return new(0, null, IsLeftOut: true, $"is left out, since {missing} is");
        }

        if (module.DependsOn.FirstOrDefault(name => modules[name].Commit is null) is { } before)
        {
            return new(0, null, false, $"waits for {before}");
        }

        return Build(module, 1, start, null, 0);
    }

    private ModuleStanding Build(Module module, int round, string start, string? because, int fixes, string? gate = null)
    {
        gate ??= round > 1 ? BuilderAsk.Parse(run.AskOf(run.Table.IndexOf($"build/{module.Name}/{round - 1}"))!.Detail!).Gate : null;
        Want($"build/{module.Name}/{round}", build.Fixes.IsEmpty ? Role.Builder : Role.Action, fixes == MostFixes ? Stronger(TierOf(module)) : TierOf(module), BuildStage.Build, new()
        {
            Module = module.Name,
            Round = round,
            Commit = WithContracts(start),
            Because = because,
            Inputs = [.. module.DependsOn.Select(name => $"build/{name}/{modules[name].Round}")],
            Detail = new BuilderAsk(BriefOf(module), fixes, gate).ToJson(),
        });
        return new(round, null, false, round == 1 ? "is built" : "is built again");
    }

    /// <summary>Code looks first: an agent's word about its own tests counts for nothing.</summary>
    private ModuleStanding? Check(Module module, int round, StepAsk ask)
    {
        var key = $"check/{module.Name}/{round}";
        Want(key, Role.Engine, Tier.Haiku, BuildStage.Build, new() { Module = module.Name, Round = round, Commit = ask.Commit });
        if (Result<StepResult.Checked>(key) is not { } found)
        {
            return Has(key) && !IsOpen(key) ? Person(module, round, "module", ReasonOf(key)) : new(round, null, false, "is checked");
        }

        return !found.Violations.IsEmpty ? Fix(module, round, ask, ask.Commit!, "It breaks rules:\n" + string.Join('\n', found.Violations.Select(v => "- " + v)))
            : found.Test is { Passed: false } test ? Person(module, round, "critical", $"its tests fail ({test.How}):\n{test.Tail}")
            : null;
    }

    private ModuleStanding? Examine(Module module, int round, StepAsk ask)
    {
        var key = $"qc/{module.Name}/{round}";
        var found = Result<StepResult.Checked>($"check/{module.Name}/{round}")!;
        Want(key, Role.Qc, Tier.Sonnet, BuildStage.Build, new() { Module = module.Name, Round = round, Commit = found.Commit, Detail = new QcAsk(ask.Commit!, found.Ignored).ToJson() });
        if (Result<StepResult.Examined>(key) is not { } examined)
        {
            return Has(key) && !IsOpen(key) ? Person(module, round, "module", ReasonOf(key)) : new(round, null, false, "is examined");
        }

        return examined.Verdict switch
        {
            QcVerdict.FailCritical => Person(module, round, "critical", "QC found:\n" + examined.Findings),
            QcVerdict.FailMajor => Fix(module, round, ask, ask.Commit!, "QC found:\n" + examined.Findings),
            _ => null,
        };
    }

    /// <summary>A contract that changed since is built against anew; exactly the builders whose brief it is in.</summary>
    private ModuleStanding? Outdated(Module module, int round, StepAsk ask)
    {
        var asked = BuilderAsk.Parse(ask.Detail!);
        return asked.Brief == BriefOf(module) ? null
            : Build(module, round + 1, contracts!.Commit, "The contracts that you build against have changed; your brain file says how.", asked.Fixes);
    }

    /// <summary>A stage that a person rejected goes back to the modules that their words name; to all, where they name none.</summary>
    private void SendBack()
    {
        if (BuildStage.MayHaveGate.Select(run.GateOf).FirstOrDefault(g => g is { Standing: GateStanding.Rejected } && g.Name != BuildStage.Scaffold) is not { } gate)
        {
            return;
        }

        var words = new string([.. gate.Because!.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : ' ')]).Split(' ');
        var meant = modules.Where(m => !m.Value.IsLeftOut || IsSentBackBy(gate, m.Key, m.Value.Round)).Select(m => m.Key).ToList();
        meant = meant.Exists(words.Contains) ? [.. meant.Where(words.Contains)] : meant;
        foreach (var name in meant.Where(name => modules[name].Commit is not null && !IsSentBackBy(gate, name, modules[name].Round)))
        {
            var round = modules[name].Round;
            modules[name] = Build(
                contracts!.Blueprint.Find(name)!, round + 1, run.AskOf(run.Table.IndexOf($"build/{name}/{round}"))!.Commit!,
                $"{gate.By} rejected what the stage {gate.Name} came to: {gate.Because}", 0, gate.Sha256);
        }
    }

    private bool IsSentBackBy(GateState gate, string name, int round) =>
        run.Table.IndexOf($"build/{name}/{round}") is >= 0 and var step && BuilderAsk.Parse(run.AskOf(step)!.Detail!).Gate == gate.Sha256;

    private ModuleStanding Merge(Module module, int round, StepAsk ask)
    {
        var commit = Result<StepResult.Checked>($"check/{module.Name}/{round}")!.Commit;
        var merged = Result<StepResult.Merged>($"merge/{module.Name}/{round}");
        if (merged?.Trouble is { } trouble)
        {
            return Fix(module, round, ask, merged.Commit, trouble);
        }

        if (Has($"merge/{module.Name}/{round}") && !IsOpen($"merge/{module.Name}/{round}") && merged is null)
        {
            return Person(module, round, "module", ReasonOf($"merge/{module.Name}/{round}"));
        }

        var probe = $"probe/{module.Name}/{round}";
        if (!Has(probe) && modules.Values.Any(other => other.Commit is not null))
        {
            var others = modules.Where(other => other.Value.Commit is not null).Select(other => new BranchHead(other.Key, other.Value.Commit!));
            Want(probe, Role.Engine, Tier.Haiku, BuildStage.Assemble, new()
            {
                Module = module.Name,
                Round = round,
                Commit = commit,
                Detail = BranchHead.ToJson(others),
            });
        }

        return new(round, commit, false, "has passed");
    }

    private ModuleStanding Fix(Module module, int round, StepAsk ask, string start, string because)
    {
        var fixes = BuilderAsk.Parse(ask.Detail!).Fixes;
        return fixes < MostFixes
            ? Build(module, round + 1, start, because, fixes + 1)
            : Person(module, round, "module", $"it has had {MostFixes} fix cycles. {because}");
    }

    /// <summary>A person says whether the project goes on without the module, or what its builder is to do.</summary>
    private ModuleStanding Person(Module module, int round, string kind, string reason)
    {
        var gate = Gate($"{kind}/{module.Name}", Hash($"{module.Name}/{round}", reason), $"go on without {module.Name}? {reason}");
        isHalted |= kind == "critical" && gate?.Standing is null or GateStanding.Open;
        return gate?.Standing switch
        {
            GateStanding.Approved => new(round, null, IsLeftOut: true, $"is left out, as {gate.By} decided"),
            GateStanding.Rejected => Build(module, round + 1, run.AskOf(run.Table.IndexOf($"build/{module.Name}/{round}"))!.Commit!, $"{reason}\n\n{gate.By} says: {gate.Because}", 0),
            _ => new(round, null, false, "waits for a person"),
        };
    }

    /// <summary>A judge proposes, a person decides; the module and what depends on it wait meanwhile, and nothing else does.</summary>
    private ModuleStanding Conflict(Module module, int round, string conflict, StepAsk ask)
    {
        var (change, waiting) = ($"contract/{module.Name}/{round}", new ModuleStanding(round, null, false, "is blocked by a conflict with a contract"));
        if (BuildConflict.JudgeOf(run, module.Name, round) is not { } judge)
        {
            Judge(module, round, BuildConflict.JudgeKey(module.Name, round, 1), conflict);
            return waiting;
        }

        if (Result<StepResult.Proposed>(judge) is not { } proposal)
        {
            return IsOpen(judge) ? waiting : Person(module, round, "module", $"{conflict} Its judge failed: {ReasonOf(judge)}");
        }

        var (fixes, decided) = (BuilderAsk.Parse(ask.Detail!).Fixes, run.GateOf($"conflict/{module.Name}/{round}"));
        if (decided?.Sha256 == proposal.Sha256 && decided.Standing is GateStanding.Rejected)
        {
            return Build(module, round + 1, ask.Commit!, $"Your conflict was decided: the contract stands. {decided.By} says: {decided.Because}", fixes);
        }

        var isApproved = decided?.Sha256 == proposal.Sha256 && decided.Standing is GateStanding.Approved;
        if (isApproved && !proposal.Flexes)
        {
            return Build(module, round + 1, ask.Commit!, $"Your conflict was decided: the contract stands. {proposal.Says}", fixes);
        }

        if (!Has(change) && run.AskOf(run.Table.IndexOf(judge))!.Commit != contracts!.Commit)
        {
            // Another conflict has changed the contracts since: to do what was proposed upon the old ones would take that back.
            Judge(module, round, BuildConflict.JudgeKey(module.Name, round, BuildConflict.LooksOf(run, module.Name, round) + 1), conflict);
            return waiting;
        }

        if (!isApproved)
        {
            Gate($"conflict/{module.Name}/{round}", proposal.Sha256, $"{module.Name}: {conflict} The judge proposes: {proposal.Says}");
            return waiting;
        }

        if (!isHeadMoving)
        {
            Want(change, Role.Engine, Tier.Haiku, BuildStage.Build, new()
            {
                Module = module.Name,
                Round = round,
                Commit = head,
                Because = conflict,
                Inputs = [judge],
                Detail = proposal.Sha256,
            });
        }

        return Result<StepResult.Contracts>(change) is not { } changed
            ? Has(change) && !IsOpen(change) ? Person(module, round, "module", ReasonOf(change)) : waiting
            : Build(module, round + 1, changed.Commit, $"Your conflict was decided: the contract changes. {proposal.Says}", fixes);
    }

    /// <summary>A judge looks at the contracts as they stand: not while they are being changed.</summary>
    private void Judge(Module module, int round, string key, string conflict)
    {
        if (isHeadMoving)
        {
            return;
        }

        Want(key, Role.Judge, Tier.Opus, BuildStage.Build, new()
        {
            Module = module.Name,
            Round = round,
            Commit = contracts!.Commit,
            Because = conflict,
            Inputs = [$"build/{module.Name}/{round}"],
        });
    }

    private static Tier TierOf(Module module) => Enum.TryParse<Tier>(module.BuilderModel, ignoreCase: true, out var tier) ? tier : Tier.Opus;

    private static Tier Stronger(Tier tier) => tier is Tier.Haiku ? Tier.Sonnet : Tier.Opus;
}
