using System.Text.Json;
using Muster.Contracts;
using Muster.Pipeline;
using Muster.Runs;
using static Muster.Tests.Pipeline.BuildWorkflowTests;

namespace Muster.Tests.Pipeline;

/// <summary>What a person's word does in a build, and what waits for it.</summary>
public sealed class BuildDecisionsTests
{
    private static readonly Blueprint Auth = BlueprintOf("1", ("auth", []));

    [Fact]
    public void The_same_architecture_after_a_rejection_is_asked_about_again()
    {
        var build = new DrivenBuild(Auth);
        var contracts = new StepResult.Contracts(build.Commit(), Auth);

        build.Ends("architect/1", contracts).Rejects("architecture", "too many modules").Ends("architect/2", contracts);

        Assert.Equal(("architecture", string.Empty), (build.Waiting, build.Running));
    }

    [Fact]
    public void A_rejected_release_goes_back_with_the_reason_and_the_same_one_is_asked_about_again()
    {
        var build = Prepared(out var head).Rejects("ship", "the changelog lacks auth");
        Assert.Equal(("ship/2", "ann rejected it: the changelog lacks auth"), (build.Running, build.Ask("ship/2").Because));

        build.Ends("ship/2", new StepResult.Moved(head));

        Assert.Equal(("ship", string.Empty), (build.Waiting, build.Running));
    }

    /// <summary>Fault 71: a person says that they saw to it, of one look at a time.</summary>
    [Fact]
    public void What_goes_no_more_with_the_moved_base_waits_for_a_person_after_each_look()
    {
        var (build, moved) = (Prepared(out var head).Approves("ship"), new string('e', 40));
        var target = build.Ask("land/1").Detail;
        build.Ends("land/1", new StepResult.Landed(head, null, moved)).Ends("sync/1", new StepResult.Merged(head, "it conflicts in a"));
        Assert.Equal(("base-moved", string.Empty), (build.Waiting, build.Running));

        build.Approves("base-moved");
        Assert.Equal(("land/2", target), (build.Running, build.Ask("land/2").Detail));

        build.Ends("land/2", new StepResult.Landed(head, null, moved)).Ends("sync/2", new StepResult.Merged(head, "it conflicts in a"));
        Assert.Equal(("base-moved", string.Empty), (build.Waiting, build.Running));
    }

    [Fact]
    public void A_critical_finding_halts_modules_before_and_behind_its_own_until_a_person_answers()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", []), ("log", []))).Scaffolded().Checked("mail")
            .Ends("qc/mail/1", new StepResult.Examined(QcVerdict.FailCritical, "- [critical] src/mail/a.sh:1: leaks", 0));
        Assert.Equal("critical/mail", build.Waiting);

        build.Ends("build/auth/1", new StepResult.Built(null)).Ends("build/log/1", new StepResult.Built(null));
        Assert.Empty(build.Running);

        build.Rejects("critical/mail", "mend it");
        Assert.Equal("build/mail/2, check/auth/1, check/log/1", build.Running);
        Assert.Contains("leaks", build.Ask("build/mail/2").Because, StringComparison.Ordinal);
    }

    [Fact]
    public void What_ended_beside_a_failing_test_and_was_not_looked_at_is_halted_too()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", []))).Scaffolded().Ends("build/auth/1", new StepResult.Built(null))
            .EndsUnseen("build/mail/1", new StepResult.Built(null))
            .Ends("check/auth/1", new StepResult.Checked(new('c', 40), [], new(false, "exit code 1", "boom", true)));

        Assert.Equal(("critical/auth", string.Empty), (build.Waiting, build.Running));
    }

    [Fact]
    public void Modules_are_merged_in_the_order_of_assembly_and_not_in_that_of_building()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", [])) with { AssemblyOrder = ["mail", "auth"] }).Scaffolded().Passes("auth").Passes("mail").Probed();
        Assert.Equal("merge/mail/1", build.Running);

        build.Merges("mail");
        Assert.Equal("merge/auth/1", build.Running);
    }

    /// <summary>No step failed: what is missing is what a person decided.</summary>
    [Fact]
    public void A_build_without_a_module_that_a_person_left_out_has_a_gap()
    {
        var build = new DrivenBuild(BlueprintOf("1", ("auth", []), ("mail", []))).Scaffolded().Passes("mail").Checked("auth")
            .Ends("qc/auth/1", new StepResult.Examined(QcVerdict.FailCritical, "- leaks", 0)).Approves("critical/auth").Merges("mail");
        Ship(build, Assembled(build).Commit());

        Assert.Equal(RunStatus.CompleteWithGaps, build.Outcome);
    }

    [Fact]
    public void The_audit_beneath_a_build_may_spend_what_the_build_has_left()
    {
        var build = DrivenBuild.Limited(Auth, new(Agents: 100, Tokens: 1_000_000, Usd: 10m, AttemptTokens: 1_000, AttemptUsd: 0.01m)).Scaffolded()
            .Ends("build/auth/1", new StepResult.Built(null), new Usage(2_000, 500, 0.25m))
            .Ends("check/auth/1", new StepResult.Checked(new('c', 40), [], null)).Ends("qc/auth/1", new StepResult.Examined(QcVerdict.Pass, string.Empty, 0)).Merges("auth");
        var attempts = build.Run.Attempts;
        build.Ends("remember", new StepResult.Moved(build.Commit()));

        var left = JsonSerializer.Deserialize(build.Ask("harden").Detail!, StepResultShapes.Default.RunLimits)!;

        Assert.InRange(attempts, 5, 8);
        Assert.Equal((100 - attempts, 997_500L, 9.75m), (left.Agents, left.Tokens, left.Usd));
    }

    private static DrivenBuild Assembled(DrivenBuild build) => build
        .Ends("remember", new StepResult.Moved(build.Commit())).Ends("harden", new StepResult.Hardened("r", "Complete", 0, 0, 0));

    private static DrivenBuild Prepared(out string head)
    {
        var build = Assembled(new DrivenBuild(Auth).Scaffolded().Passes("auth").Merges("auth"));
        head = build.Commit();
        return build.Ends("ship/1", new StepResult.Moved(head));
    }

    private static void Ship(DrivenBuild build, string head) => build
        .Ends("ship/1", new StepResult.Moved(head)).Approves("ship").Ends("land/1", new StepResult.Landed(head, null, null)).Ends("curate", new StepResult.Moved(build.Commit()));
}
