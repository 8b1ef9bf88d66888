using System.Collections.Immutable;
using Muster.Contracts;
using Muster.Pipeline;
using Muster.Runs;

namespace Muster.Tests.Pipeline;

/// <summary>The story of a build, held by its state alone.</summary>
public sealed class BuildWorkflowTests
{
    private static readonly Blueprint Shop = BlueprintOf("1", ("auth", []), ("mail", []), ("billing", ["auth"]));

    [Fact]
    public void A_build_goes_through_every_stage_and_asks_a_person_twice()
    {
        var build = new DrivenBuild(Shop);
        Assert.Equal("architect/1", build.Running);

        build.Ends("architect/1", new StepResult.Contracts(build.Commit(), Shop));
        Assert.Equal(("architecture", string.Empty), (build.Waiting, build.Running));

        build.Approves("architecture").Ends("bootstrap", new StepResult.Moved(build.Commit())).Ends("scaffold/1", new StepResult.Moved(build.Commit()));
        Assert.Equal("build/auth/1, build/mail/1", build.Running); // billing waits for auth.

        build.Passes("auth");
        Assert.Contains("build/billing/1", build.Running);
        Assert.Equal(["build/auth/1"], build.Ask("build/billing/1").Inputs);

        build.Passes("mail").Passes("billing").Probed();
        Assert.Equal("merge/auth/1", build.Running);

        build.Merges("auth").Merges("mail").Merges("billing").Ends("remember", new StepResult.Moved(AnyCommit)).Ends("harden", new StepResult.Hardened("r", "Complete", 0, 0, 0));
        Assert.Equal("ship/1", build.Running);

        var head = build.Commit();
        build.Ends("ship/1", new StepResult.Moved(head));
        Assert.Equal("ship", build.Waiting);

        build.Approves("ship").Ends("land/1", new StepResult.Landed(head, null, null)).Ends("curate", new StepResult.Moved(build.Commit()));
        Assert.Equal((string.Empty, string.Empty, RunStatus.Complete), (build.Running, build.Waiting, build.Outcome));
    }

    [Fact]
    public void A_rejected_architecture_goes_back_with_the_reason_and_its_successor_needs_an_approval_of_its_own()
    {
        var build = new DrivenBuild(Shop);
        build.Ends("architect/1", new StepResult.Contracts(build.Commit(), Shop)).Rejects("architecture", "too many modules");

        Assert.Contains("ann rejected it: too many modules", build.Ask("architect/2").Because);

        build.Ends("architect/2", new StepResult.Contracts(build.Commit(), BlueprintOf("2", ("auth", []))));
        Assert.Equal(("architecture", GateStanding.Open), (build.Waiting, build.Run.GateOf("architecture")!.Standing));
    }

    [Fact]
    public void A_decision_on_something_else_than_what_waits_does_not_count()
    {
        var build = new DrivenBuild(Shop);
        build.Ends("architect/1", new StepResult.Contracts(build.Commit(), Shop));

        var e = Assert.Throws<RunStateException>(() => RunDecider.Decide(build.Run, new RunCommand.DecideGate("architecture", new string('0', 64), true, "ann", null)));
        Assert.Contains("is about", e.Message);
        Assert.Throws<RunStateException>(() => RunDecider.Decide(build.Run, new RunCommand.DecideGate("architecture", build.Run.GateOf("architecture")!.Sha256, false, "ann", " ")));
    }

    [Fact]
    public void The_first_decision_on_a_gate_counts_and_the_same_again_changes_nothing() // Fault 97.
    {
        var build = new DrivenBuild(Shop);
        build.Ends("architect/1", new StepResult.Contracts(build.Commit(), Shop)).Approves("architecture");
        var sha256 = build.Run.GateOf("architecture")!.Sha256;

        Assert.Empty(RunDecider.Decide(build.Run, new RunCommand.DecideGate("architecture", sha256, true, "bob", null)));
        Assert.Throws<RunStateException>(() => RunDecider.Decide(build.Run, new RunCommand.DecideGate("architecture", sha256, false, "bob", "no")));
    }

    [Fact]
    public void Major_findings_give_a_builder_two_fix_cycles_the_second_on_a_stronger_tier_and_then_a_person_decides()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []))).Scaffolded();
        for (var round = 1; round <= 3; round++)
        {
            Assert.Equal(round == 3 ? Tier.Opus : Tier.Sonnet, build.TierOf($"build/auth/{round}"));
            build.Checked("auth", round).Ends($"qc/auth/{round}", new StepResult.Examined(QcVerdict.FailMajor, $"- src/auth/a.sh:1: wrong {round}", 0));
        }

        Assert.Contains("wrong 1", build.Ask("build/auth/2").Because);
        Assert.Equal(("module/auth", string.Empty), (build.Waiting, build.Running));

        build.Rejects("module/auth", "use the other table");
        Assert.Contains("use the other table", build.Ask("build/auth/4").Because);
        build.Passes("auth", 4);
        Assert.Equal("merge/auth/4", build.Running);
    }

    [Fact]
    public void A_module_that_a_person_leaves_out_takes_its_dependants_with_it_and_leaves_a_gap()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Fails("build/auth/1", "no file").Passes("mail");
        Assert.Equal("module/auth", build.Waiting);

        build.Approves("module/auth");
        Assert.Equal("is left out, since auth is", build.Doing("billing"));
        build.Merges("mail").Ends("remember", new StepResult.Moved(AnyCommit)).Ends("harden", new StepResult.Hardened("r", "Complete", 0, 0, 0));
        var head = build.Commit();
        build.Ends("ship/1", new StepResult.Moved(head)).Approves("ship").Ends("land/1", new StepResult.Landed(head, null, null)).Ends("curate", new StepResult.Moved(build.Commit()));
        Assert.Equal(RunStatus.CompleteWithGaps, build.Outcome);
    }

    [Fact]
    public void What_a_later_round_made_good_is_no_gap_and_what_it_mended_is_counted_no_more()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Fails("build/auth/1", "no file").Rejects("module/auth", "try once more")
            .Checked("auth", 2).Ends("qc/auth/2", new StepResult.Examined(QcVerdict.FailMajor, "- wrong", 5)).Checked("auth", 3).Ends("qc/auth/3", new StepResult.Examined(QcVerdict.Pass, string.Empty, 2))
            .Passes("mail").Passes("billing");
        build.Ends("probe/mail/1", new StepResult.Probed(["mail and auth change the same lines of a."])).Probed().Merges("auth", 3)
            .Ends("merge/mail/1", new StepResult.Merged(build.Ask("merge/mail/1").Commit!, "it conflicts")).Passes("mail", 2).Probed().Merges("mail", 2).Merges("billing")
            .Ends("remember", new StepResult.Moved(AnyCommit)).Ends("harden", new StepResult.Hardened("r", "Complete", 0, 0, 0)).Fails("ship/1", "no changelog").Rejects("ship", "write one");
        build.Ends("ship/2", new StepResult.Moved(build.Commit())).Approves("ship").Ends("land/1", new StepResult.Landed(AnyCommit, null, null)).Ends("curate", new StepResult.Moved(build.Commit()));

        var report = BuildReport.Of(build.Run);
        Assert.Equal((2, string.Empty, string.Empty), (report.Minor, string.Join(", ", report.Gaps), string.Join(", ", report.Conflicts)));
        Assert.Equal(RunStatus.Complete, build.Outcome);
    }

    [Fact]
    public void A_failing_test_halts_everything_whatever_the_agent_says()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Ends("build/auth/1", new StepResult.Built(null))
            .Ends("check/auth/1", new StepResult.Checked(AnyCommit, [], new(false, "exit code 1", "boom", true)));
        Assert.Equal("critical/auth", build.Waiting);

        build.Ends("build/mail/1", new StepResult.Built(null)); // What ran may end; nothing new begins.
        Assert.Empty(build.Running);

        build.Rejects("critical/auth", "the test is right");
        Assert.Equal("build/auth/2, check/mail/1", build.Running);
        Assert.Contains("boom", build.Ask("build/auth/2").Because);
    }

    [Fact]
    public void Broken_rules_go_back_to_the_builder_before_anybody_reads_its_code()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []))).Scaffolded().Ends("build/auth/1", new StepResult.Built(null))
            .Ends("check/auth/1", new StepResult.Checked(AnyCommit, ["src/mail/x is outside the paths that may be changed (src/auth/)."], null));

        Assert.Equal("build/auth/2", build.Running);
        Assert.Contains("outside the paths", build.Ask("build/auth/2").Because);
    }

    [Fact]
    public void A_conflict_freezes_its_module_and_what_depends_on_it_and_nothing_else()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Ends("build/auth/1", new StepResult.Built("Contract conflict: no name"))
            .Ends("judge/auth/1", new StepResult.Proposed(true, new string('a', 64), "add a name")).Passes("mail");

        Assert.Equal(("conflict/auth/1", string.Empty), (build.Waiting, build.Running));
        Assert.Equal("waits for auth", build.Doing("billing"));
    }

    [Fact]
    public void An_approved_change_of_contracts_briefs_exactly_the_builders_that_it_affects()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Passes("mail").Ends("build/auth/1", new StepResult.Built("Contract conflict: no name"))
            .Ends("judge/auth/1", new StepResult.Proposed(true, new string('a', 64), "add a name")).Approves("conflict/auth/1");
        Assert.Equal("contract/auth/1", build.Running);

        var changed = build.Commit();
        build.Ends("contract/auth/1", new StepResult.Contracts(changed, BlueprintOf("2", ["auth"], ("auth", []), ("mail", []), ("billing", ["auth"]))));
        Assert.Equal("build/auth/2", build.Running); // mail, which has passed, is built against nothing that changed.
        Assert.Equal(changed, build.Ask("build/auth/2").Commit);

        build.Passes("auth", 2);
        Assert.Contains("build/billing/1", build.Running);
    }

    [Fact]
    public void A_module_that_had_passed_is_built_again_when_a_contract_of_its_brief_changes()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("billing", ["auth"]), ("mail", ["auth"]))).Scaffolded().Passes("auth").Passes("billing")
            .Ends("build/mail/1", new StepResult.Built("Contract conflict: of auth"))
            .Ends("judge/mail/1", new StepResult.Proposed(true, new string('a', 64), "change auth")).Approves("conflict/mail/1")
            .Probed().Ends("contract/mail/1", new StepResult.Contracts(AnyCommit, BlueprintOf("2", ["auth"], ("auth", []), ("billing", ["auth"]), ("mail", ["auth"]))));

        Assert.Equal("build/auth/2, build/billing/2, build/mail/2", build.Running);
    }

    /// <summary>Whoever begins, or is sent back, after contracts have changed builds in a tree that has them.</summary>
    [Fact]
    public void Nobody_builds_upon_a_commit_with_older_contracts_than_those_it_is_briefed_with()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Ends("build/auth/1", new StepResult.Built("Contract conflict: no name"))
            .Ends("judge/auth/1", new StepResult.Proposed(true, new string('a', 64), "add a name")).Approves("conflict/auth/1");
        var changed = build.Commit();
        build.Ends("contract/auth/1", new StepResult.Contracts(changed, BlueprintOf("2", ["auth"], ("auth", []), ("mail", []), ("billing", ["auth"]))));

        build.Checked("mail").Ends("qc/mail/1", new StepResult.Examined(QcVerdict.FailMajor, "- wrong", 0));
        Assert.Equal(changed, build.Ask("build/mail/2").Commit); // Sent back.
        build.Passes("auth", 2);
        Assert.Equal(changed, build.Ask("build/billing/1").Commit); // Begun.

        build.Ends("build/billing/1", new StepResult.Built(null)).Ends("check/billing/1", new StepResult.Checked(AnyCommit, ["a rule"], null));
        Assert.Equal(changed, build.Ask("build/billing/2").Commit);
    }

    /// <summary>A proposal is a whole set of contracts: done upon others than it was made for, it would take back what was approved meanwhile.</summary>
    [Fact]
    public void A_proposal_for_contracts_that_another_conflict_has_changed_is_judged_anew_and_an_approval_of_it_is_void()
    {
        var (one, two, three) = (new string('a', 64), new string('b', 64), new string('d', 64));
        var build = new DrivenBuild(Shop).Scaffolded()
            .Ends("build/auth/1", new StepResult.Built("Contract conflict: no name")).Ends("build/mail/1", new StepResult.Built("Contract conflict: no box"))
            .Ends("judge/auth/1", new StepResult.Proposed(true, one, "add a name")).Ends("judge/mail/1", new StepResult.Proposed(true, two, "add a box"));
        build.Approves("conflict/auth/1").Approves("conflict/mail/1");
        Assert.Equal("contract/auth/1", build.Running); // One at a time.

        var changed = build.Commit();
        build.Ends("contract/auth/1", new StepResult.Contracts(changed, BlueprintOf("2", ["auth"], ("auth", []), ("mail", []), ("billing", ["auth"]))));
        Assert.Equal("build/auth/2, judge/mail/1.2", build.Running);
        Assert.Equal(changed, build.Ask("judge/mail/1.2").Commit);

        build.Ends("judge/mail/1.2", new StepResult.Proposed(true, three, "add a box"));
        Assert.Equal(("conflict/mail/1", two), (build.Waiting, build.Run.GateOf("conflict/mail/1")!.Void));
        build.Approves("conflict/mail/1");
        Assert.Equal(("judge/mail/1.2", three), (Assert.Single(build.Ask("contract/mail/1").Inputs), build.Ask("contract/mail/1").Detail));
        Assert.Equal([true, true], BuildConflict.Of(build.Run).Select(c => c.Standing is GateStanding.Approved));
    }

    [Fact]
    public void A_decision_that_names_a_module_and_the_assertions_of_its_locks_are_in_its_brief()
    {
        var plain = BlueprintOf("1", ("auth", []), ("billing", []), ("mail", []));
        var changed = plain with
        {
            Contracts = plain.Contracts.Add(new("decisions/002-x.md", 1, new('9', 64)) { Affects = "auth,other" }),
            Assertions = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("billing", "hash"),
        };
        var build = new DrivenBuild(plain).Scaffolded().Passes("auth").Passes("billing").Ends("build/mail/1", new StepResult.Built("Contract conflict: of mail"))
            .Ends("judge/mail/1", new StepResult.Proposed(true, new string('a', 64), "decide")).Approves("conflict/mail/1")
            .Probed().Ends("contract/mail/1", new StepResult.Contracts(AnyCommit, Blueprint.FromJson(changed.ToJson())));

        Assert.Equal("build/auth/2, build/billing/2, build/mail/2", build.Running);
        Assert.Contains(changed.ContractsFor("auth"), c => c.Path == "decisions/002-x.md");
        Assert.DoesNotContain(changed.ContractsFor("mail"), c => c.Path == "decisions/002-x.md");
    }

    [Fact]
    public void A_rejected_change_leaves_the_contract_and_tells_the_builder_why()
    {
        var build = new DrivenBuild(Shop).Scaffolded().Ends("build/auth/1", new StepResult.Built("Contract conflict: no name"))
            .Ends("judge/auth/1", new StepResult.Proposed(true, new string('a', 64), "add a name")).Rejects("conflict/auth/1", "names are in the token");

        Assert.Contains("build/auth/2", build.Running);
        Assert.Contains("names are in the token", build.Ask("build/auth/2").Because);
    }

    [Fact]
    public void A_merge_that_conflicts_sends_its_module_back_upon_what_is_assembled_with_the_evidence()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", []))).Scaffolded().Passes("auth").Passes("mail").Probed().Merges("auth");
        var head = build.Ask("merge/mail/1").Commit;
        build.Ends("merge/mail/1", new StepResult.Merged(head!, "mail does not merge: README.md"));

        Assert.Equal("build/mail/2", build.Running);
        Assert.Equal((head, true), (build.Ask("build/mail/2").Commit, build.Ask("build/mail/2").Because!.Contains("README.md")));

        build.Passes("mail", 2).Probed();
        Assert.Equal(("merge/mail/2", head), (build.Running, build.Ask("merge/mail/2").Commit));
    }

    [Fact]
    public void The_integration_branch_is_moved_by_one_step_at_a_time_each_upon_the_last()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", []))).Scaffolded().Passes("auth").Passes("mail").Probed();
        Assert.Equal("merge/auth/1", build.Running);

        var head = build.Commit();
        build.Ends("merge/auth/1", new StepResult.Merged(head, null));
        Assert.Equal(("merge/mail/1", head), (build.Running, build.Ask("merge/mail/1").Commit));
    }

    [Fact]
    public void A_base_branch_that_has_moved_voids_the_approval_until_it_is_verified_anew()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []))).Scaffolded().Passes("auth").Merges("auth").Ends("remember", new StepResult.Moved(AnyCommit)).Ends("harden", new StepResult.Hardened("r", "Complete", 0, 0, 0));
        build.Ends("ship/1", new StepResult.Moved(build.Commit())).Approves("ship");
        var approved = build.Run.GateOf("ship")!.Sha256;
        build.Ends("land/1", new StepResult.Landed(build.Commit(), null, new string('e', 40)));
        Assert.Equal(("sync/1", new string('e', 40)), (build.Running, build.Ask("sync/1").Detail));

        build.Ends("sync/1", new StepResult.Merged(build.Commit(), null));
        Assert.Equal(("ship", approved), (build.Waiting, build.Run.GateOf("ship")!.Void));

        build.Approves("ship");
        Assert.Equal(("land/2", new string('e', 40)), (build.Running, build.Ask("land/2").Detail));
    }

    [Fact]
    public void A_stage_may_have_a_gate_of_its_own()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", [])), "build").Scaffolded().Passes("auth");
        Assert.Equal(("build", string.Empty), (build.Waiting, build.Running));

        build.Approves("build");
        Assert.Equal("merge/auth/1", build.Running);
    }

    [Fact]
    public void A_rejected_stage_goes_back_to_the_modules_that_the_words_name_and_is_asked_about_again()
    {
        var build = new DrivenBuild(Shop, "build").Scaffolded().Passes("auth").Passes("mail").Passes("billing").Probed();

        build.Rejects("build", "Auth: it must log, as mail2 does");

        Assert.Equal("build/auth/2", build.Running);
        Assert.Contains("ann rejected what the stage build came to: Auth: it must log", build.Ask("build/auth/2").Because);
        build.Checked("auth", 2).Ends("qc/auth/2", new StepResult.Examined(QcVerdict.FailMajor, "- wrong", 0));
        build.Passes("auth", 3).Probed();
        Assert.Equal(("build", string.Empty), (build.Waiting, build.Running)); // Asked about once more, and not sent back once more.
        build.Approves("build");
        Assert.Equal("merge/auth/3", build.Running);
    }

    [Fact]
    public void A_rejected_audit_goes_back_to_all_where_no_module_is_named_and_what_is_assembled_then_is_audited_anew()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", [])), "harden").Scaffolded().Passes("auth").Fails("build/mail/1", "no").Approves("module/mail").Merges("auth")
            .Ends("remember", new StepResult.Moved(AnyCommit)).Ends("harden", new StepResult.Hardened("r", "Complete", 1, 0, 0));

        build.Rejects("harden", "mend what is critical in mail");

        Assert.Equal("build/auth/2", build.Running); // mail is left out: nobody can mend it.
        build.Passes("auth", 2).Probed().Merges("auth", 2);
        Assert.Equal("remember/2", build.Running);
        build.Ends("remember/2", new StepResult.Moved(build.Commit()));
        Assert.Equal("harden/2", build.Running);
        build.Ends("harden/2", new StepResult.Hardened("s", "Complete", 0, 0, 0));
        Assert.Equal(("harden", string.Empty), (build.Waiting, build.Running));
        build.Approves("harden");
        Assert.Equal(("ship/1", "harden/2"), (build.Running, build.Ask("ship/1").Detail));
    }

    /// <summary>An approval of something since changed is void.</summary>
    [Fact]
    public void A_module_that_is_built_again_after_its_stage_was_approved_is_asked_about_again()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", [])), "build").Scaffolded().Passes("auth").Approves("build");
        var approved = build.Run.GateOf("build")!.Sha256;
        build.Ends("merge/auth/1", new StepResult.Merged(build.Ask("merge/auth/1").Commit!, "red")).Passes("auth", 2);

        Assert.Equal(("build", approved, string.Empty), (build.Waiting, build.Run.GateOf("build")!.Void, build.Running));
    }

    [Fact]
    public void Findings_are_mended_side_by_side_merged_in_order_and_shipped_by_a_person()
    {
        var build = DrivenBuild.OfFixes(2);
        Assert.Equal(("build/fix-1/1, build/fix-2/1", Role.Action), (build.Running, build.Run.Table[0].Role));

        build.Passes("fix-1").Fails("build/fix-2/1", "it is not true").Probed();
        Assert.Equal("module/fix-2", build.Waiting);

        build.Approves("module/fix-2").Merges("fix-1");
        Assert.Equal((string.Empty, "ship"), (build.Running, build.Waiting));

        build.Approves("ship").Ends("land/1", new StepResult.Landed(AnyCommit, null, null));
        Assert.Equal((string.Empty, RunStatus.CompleteWithGaps), (build.Running, build.Outcome));
    }

    [Fact]
    public void A_rejected_fix_ships_nothing()
    {
        var build = DrivenBuild.OfFixes(1).Passes("fix-1").Merges("fix-1").Rejects("ship", "not now");

        Assert.Equal((string.Empty, string.Empty, RunStatus.Failed), (build.Running, build.Waiting, build.Outcome));
    }

    [Fact]
    public void The_story_asks_for_nothing_twice_and_grows_in_line_with_its_modules()
    {
        var names = Enumerable.Range(0, 200).Select(i => $"m{i}").ToArray();
        var build = new DrivenBuild(BlueprintOf("1", [.. names.Select(n => (n, Array.Empty<string>()))])).Scaffolded();
        foreach (var name in names)
        {
            build.Passes(name);
        }

        build.Probed();
        foreach (var name in names)
        {
            build.Merges(name);
        }

        Assert.Equal("remember", build.Running);
        Assert.Equal(3 + (200 * 4) + 199 + 1, build.Run.Table.Count);
    }

    private static readonly string AnyCommit = new('c', 40);

    internal static Blueprint BlueprintOf(string version, params (string Name, string[] Needs)[] modules) => BlueprintOf(version, [.. modules.Select(m => m.Name)], modules);

    /// <summary>A blueprint in which the interfaces of <paramref name="changed"/> are of this version, and the others of the first.</summary>
    private static Blueprint BlueprintOf(string version, string[] changed, params (string Name, string[] Needs)[] modules) => new(
        "shop",
        [.. modules.Select(m => new Module(m.Name, m.Name, [.. m.Needs], $"interfaces/{m.Name}.interface.md", "sonnet", "low", [], [$"src/{m.Name}/"]))],
        [.. modules.Select(m => m.Name)],
        [.. modules.Select(m => m.Name)],
        [],
        new string(version[0], 64),
        [.. modules.Select(m => new ContractStamp($"interfaces/{m.Name}.interface.md", 1, new string(changed.Contains(m.Name) ? version[0] : '1', 64)))]);
}
