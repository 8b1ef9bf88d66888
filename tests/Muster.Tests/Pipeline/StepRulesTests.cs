using Muster.Contracts;
using Muster.Pipeline;
using Muster.Pipeline.Stages;
using Muster.Pipeline.Steps;
using Muster.Tests.ContractFiles;
using Muster.Tests.Git;

namespace Muster.Tests.Pipeline;

/// <summary>What code refuses, whatever the agent says, upon real commits.</summary>
public sealed class StepRulesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Fault 29: where everything may be touched, that may not.</summary>
    [Fact]
    public async Task A_fix_of_the_whole_tree_touches_neither_what_the_project_remembers_nor_the_hooks_of_the_person()
    {
        using var bench = new StepBench(isFix: true, build => build with { HooksPath = ".husky" });
        await bench.BuiltAsync("fix-1", ("a.sh", "echo\n"), (".orchestration/brains/x.md", "# x\n"), (".husky/pre-commit", "echo\n"));

        var found = await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order("check/fix-1/1"));

        Assert.Equal(
            [".husky/pre-commit lies in .husky, which may not be changed.", ".orchestration/brains/x.md lies in .orchestration, which may not be changed."], found.Violations.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_marks_of_a_merge_that_nobody_settled_go_back_to_the_builder()
    {
        using var bench = new StepBench(isFix: false);
        await bench.BuiltAsync("auth", ("src/auth/a.sh", "<<<<<<< ours\necho 1\n=======\necho 2\n>>>>>>> theirs\n"), ("src/auth/b.md", "Title\n=======\n"));

        var found = await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order("check/auth/1"));

        Assert.Equal(["src/auth/a.sh still has the marks of a conflict."], found.Violations);
    }

    /// <summary>What is merged is what was examined, and nothing that came after it.</summary>
    [Fact]
    public async Task A_branch_that_was_moved_after_it_was_examined_is_not_merged()
    {
        using var bench = new StepBench(isFix: false);
        var worktree = await bench.BuiltAsync("auth", ("src/auth/a.sh", "echo\n"));
        var found = await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order("check/auth/1"));
        Assert.True(found.Test!.Passed, found.Test.Tail);
        bench.Git("update-ref", "refs/heads/" + worktree.Branch, bench.Base);

        var refused = await Assert.ThrowsAsync<StageRefusedException>(() => new MergeStep(bench.Site, bench.Tests).CarryOutAsync(bench.Order("merge/auth/1", found.Commit), Token));

        Assert.Contains($"is at {bench.Base} and not at {found.Commit}, which was examined", refused.Message, StringComparison.Ordinal);
        Assert.Equal(bench.Base, bench.Git("rev-parse", bench.Site.IntegrationBranch));
    }

    /// <summary>Whether it stays or not: the worktree is left as a commit has it, since the next merge is tested in it.</summary>
    [Theory]
    [InlineData("a.sh", true)]
    [InlineData("broken", false)]
    public async Task A_merge_that_turns_the_integration_tests_red_is_undone_whole_and_nothing_stays_of_what_the_test_wrote(string name, bool isGood)
    {
        using var bench = new StepBench(isFix: true, build => build with { IntegrationTestCommand = ["sh", "-c", "echo x >> check.sh; echo > left; [ ! -e broken ]"] });
        await bench.BuiltAsync("fix-1", (name, "echo\n"));
        var found = await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order("check/fix-1/1"));

        var merged = await StepBench.ResultAsync<StepResult.Merged>(new MergeStep(bench.Site, bench.Tests), bench.Order("merge/fix-1/1", found.Commit));

        Assert.Equal((isGood, isGood), (merged.Trouble is null, merged.Commit != bench.Base));
        Assert.Equal(merged.Commit, bench.Git("rev-parse", bench.Site.IntegrationBranch));
        Assert.Equal(string.Empty, RealRepository.GitIn(bench.Site.Integration, "status", "--porcelain"));
        Assert.Equal(isGood, File.Exists(Path.Combine(bench.Site.Integration, name)));
    }

    /// <summary>Fault 71: a base that turns the integration tests red is not taken up.</summary>
    [Theory]
    [InlineData("other.txt", true)]
    [InlineData("broken", false)]
    public async Task A_moved_base_is_taken_up_only_while_the_integration_tests_pass_with_it(string path, bool isGood)
    {
        using var bench = new StepBench(isFix: false, build => build with { IntegrationTestCommand = ["sh", "check.sh"] });
        var moved = bench.CommitOnMain(path, "x\n");

        var merged = await StepBench.ResultAsync<StepResult.Merged>(new SyncStep(bench.Site, bench.Tests), bench.Order("sync/1", moved));

        Assert.Equal((isGood, isGood), (merged.Trouble is null, merged.Commit != bench.Base));
        Assert.Equal(isGood, merged.Trouble?.StartsWith("the integration tests fail with it", StringComparison.Ordinal) is not true);
        Assert.Equal(merged.Commit, bench.Git("rev-parse", bench.Site.IntegrationBranch)); // What does not go is undone whole.
        Assert.Equal(isGood, File.Exists(Path.Combine(bench.Site.Integration, path)));
    }

    /// <summary>Fault 71: nobody's branch is moved from anywhere else than where the approval had it.</summary>
    [Fact]
    public async Task A_base_branch_that_moved_is_left_where_it_is_and_told()
    {
        using var bench = new StepBench(isFix: false);
        var worktree = await bench.BuiltAsync("auth", ("src/auth/a.sh", "echo\n"));
        var found = await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order("check/auth/1"));
        var moved = bench.CommitOnMain("other.txt", "x\n");

        var landed = await StepBench.ResultAsync<StepResult.Landed>(new LandStep(bench.Site), bench.Order("land/1", bench.Base, found.Commit));

        Assert.Equal((moved, moved), (landed.BaseMovedTo, bench.Git("rev-parse", "main")));
    }

    [Fact]
    public async Task A_shipper_changes_no_module_and_brings_no_secret()
    {
        using var bench = new StepBench(isFix: false);
        var stage = new ShipperStage(bench.Site);
        var order = bench.Order("ship/1");
        var place = await stage.PrepareAsync(order, Token);
        RealRepository.Write(Path.Combine(place.Workspace!, "src/auth/a.sh"), "echo\n");
        RealRepository.Write(Path.Combine(place.Workspace!, "CHANGELOG.md"), $"# Changelog\n\nghp_{new string('a', 36)}\n");

        var refused = await Assert.ThrowsAsync<StageRefusedException>(() => stage.JudgeAsync(order, null!, string.Empty, "Done.", Token));

        Assert.Contains("src/auth/a.sh lies in src/auth/, which may not be changed.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("CHANGELOG.md:3 has what looks like a secret", refused.Message, StringComparison.Ordinal);
        Assert.Equal(bench.Base, bench.Git("rev-parse", bench.Site.IntegrationBranch));
    }

    [Fact]
    public async Task A_skeleton_without_a_modules_place_or_with_something_of_the_memory_is_refused()
    {
        using var bench = new StepBench(isFix: false);
        var stage = new ScaffoldStage(bench.Site);
        var order = bench.Order("scaffold/1");
        var place = await stage.PrepareAsync(order, Token);
        RealRepository.Write(Path.Combine(place.Workspace!, "src/auth/a.sh"), "echo\n");
        RealRepository.Write(Path.Combine(place.Workspace!, "src/billing/a.sh"), "echo\n");
        RealRepository.Write(Path.Combine(place.Workspace!, ".orchestration/brains/x.md"), "# x\n");

        var refused = await Assert.ThrowsAsync<StageRefusedException>(() => stage.JudgeAsync(order, null!, string.Empty, "Done.", Token));

        Assert.Contains("src/web/ of modules.json has nothing in it", refused.Message, StringComparison.Ordinal);
        Assert.Contains(".orchestration/brains/x.md lies in .orchestration, which may not be changed.", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("src/billing/", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>An approval is of what its hash names: whoever changes the proposal afterwards has none.</summary>
    [Fact]
    public async Task A_proposal_that_is_not_what_was_approved_any_more_changes_no_contract()
    {
        using var bench = new StepBench(isFix: false);
        await bench.Site.IntegrationAtAsync(bench.Base, Token);
        var before = bench.Site.ReadContracts();
        before.WriteTo(Directory.CreateDirectory(bench.Site.Proposals("judge/auth/1")).FullName);
        var contract = Path.Combine(bench.Site.Proposals("judge/auth/1"), "interfaces", "auth.interface.md");
        await File.AppendAllTextAsync(contract, "\nrun(clock)\n", Token);
        RealRepository.Write(bench.Site.Directory.In("conflicts", "auth-1.md"), "# No clock\n");

        var refused = await Assert.ThrowsAsync<StageRefusedException>(() =>
            new ContractStep(bench.Site, new(bench.Site, TimeProvider.System), TimeProvider.System).CarryOutAsync(bench.Order("contract/auth/1", before.Blueprint!.ContractsHash, null, "judge/auth/1"), Token));

        Assert.Contains("is not what was approved any more", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before.Blueprint!.ContractsHash, bench.Site.ReadContracts().Blueprint!.ContractsHash);
        Assert.Equal(bench.Base, bench.Git("rev-parse", bench.Site.IntegrationBranch));
    }

    /// <summary>Whoever proposed a decision of its own and the engine that records the change take two numbers.</summary>
    [Fact]
    public async Task An_approved_change_gets_a_version_a_decision_of_a_number_that_is_free_and_a_word_to_its_builders()
    {
        using var bench = new StepBench(isFix: false);
        await bench.Site.IntegrationAtAsync(bench.Base, Token);
        var candidate = Directory.CreateDirectory(bench.Site.Proposals("judge/auth/1")).FullName;
        bench.Site.ReadContracts().WriteTo(candidate);
        await File.AppendAllTextAsync(Path.Combine(candidate, "interfaces", "auth.interface.md"), "\nrun(clock)\n", Token);
        ContractFixture.Decision(2, "clock").WriteTo(candidate);
        RealRepository.Write(bench.Site.Directory.In("conflicts", "auth-1.md"), "# No clock\n");
        var order = bench.Order("contract/auth/1", ContractSet.Read(candidate).Blueprint!.ContractsHash, null, "judge/auth/1");

        var changed = await StepBench.ResultAsync<StepResult.Contracts>(new ContractStep(bench.Site, new(bench.Site, TimeProvider.System), TimeProvider.System), order);

        var after = bench.Site.ReadContracts();
        Assert.Equal(["decisions/001-token-format.md", "decisions/002-clock.md", "decisions/003-conflict-auth-1.md"], after.Decisions.Select(d => d.Path));
        Assert.Equal(2, after.Find("interfaces/auth.interface.md")!.Stamp.Version);
        Assert.Contains("run(clock)", after.Find("interfaces/auth.interface.md")!.Text, StringComparison.Ordinal);
        Assert.Contains("Contracts changed on", bench.Git("show", $"{changed.Commit}:.orchestration/brains/builder-web.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_in_a_module_is_no_file_of_it()
    {
        using var bench = new StepBench(isFix: false);
        var worktree = await bench.BuiltAsync("auth", ("src/auth/a.sh", "echo\n"), ("src/auth/inner/a.txt", "a\n"));
        RealRepository.GitIn(Path.Combine(worktree.Path, "src/auth/inner"), "init", "-q");

        var found = await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order("check/auth/1"));

        Assert.Equal(["src/auth/inner/ is a repository of its own; a module brings files."], found.Violations);
    }

    /// <summary>A builder that was blocked goes on from what it had, upon what has changed since.</summary>
    [Fact]
    public async Task What_a_blocked_builder_left_is_committed_before_its_branch_is_brought_up()
    {
        using var bench = new StepBench(isFix: false);
        var worktree = await bench.BuiltAsync("auth", ("src/auth/a.sh", "echo\n"));
        var changed = bench.CommitOnMain("other.txt", "x\n");

        await ModuleWorktree.AtAsync(bench.Site, bench.Order("build/auth/1", commit: changed) with { Ask = new() { Module = "auth", Round = 2, Commit = changed } }, Token);

        Assert.Equal("echo", bench.Git("show", worktree.Branch + ":src/auth/a.sh"));
        Assert.Equal("x", bench.Git("show", worktree.Branch + ":other.txt"));
    }

    /// <summary>Fault 69: seen before anything is merged.</summary>
    [Theory]
    [InlineData("check.sh", "check.sh", true)]
    [InlineData("d", "d/x", true)]
    [InlineData("one.sh", "two.sh", false)]
    public async Task A_preview_tells_which_finished_branches_would_not_merge(string mine, string theirs, bool conflicts)
    {
        using var bench = new StepBench(isFix: true);
        var heads = new List<string>();
        foreach (var (module, path) in (IEnumerable<(string, string)>)[("fix-1", mine), ("fix-2", theirs)])
        {
            await bench.BuiltAsync(module, (path, $"by {module}\n"));
            heads.Add((await StepBench.ResultAsync<StepResult.Checked>(new CheckStep(bench.Site, bench.Tests), bench.Order($"check/{module}/1"))).Commit);
        }

        var found = await StepBench.ResultAsync<StepResult.Probed>(
            new ProbeStep(bench.Site, new(bench.Site)), bench.Order("probe/fix-1/1", BranchHead.ToJson([new("fix-2", heads[1])]), heads[0]));

        Assert.Equal(conflicts, found.Conflicts.Any(c => c.StartsWith("fix-1 and fix-2 change the same lines of ", StringComparison.Ordinal)));
    }

    /// <summary>An engine that was killed after it shipped, or the person, has brought it there.</summary>
    [Fact]
    public async Task What_is_on_the_base_branch_already_is_shipped_and_has_not_moved_it()
    {
        using var bench = new StepBench(isFix: false);
        var shipped = bench.CommitOnMain("other.txt", "x\n");

        var landed = await StepBench.ResultAsync<StepResult.Landed>(new LandStep(bench.Site), bench.Order("land/1", bench.Base, shipped));

        Assert.Equal(new StepResult.Landed(shipped, null, null), landed);
    }

    [Fact]
    public async Task A_judge_that_changes_nothing_and_a_builder_that_does_not_say_why_it_is_blocked_are_refused()
    {
        using var bench = new StepBench(isFix: false);
        await bench.Site.IntegrationAtAsync(bench.Base, Token);

        var judge = await Assert.ThrowsAsync<StageRefusedException>(() => new JudgeStage(bench.Site).JudgeAsync(bench.Order("judge/auth/1"), null!, "# x\n", "Done. Flex: a clock.", Token));
        var builder = await Assert.ThrowsAsync<StageRefusedException>(() => new BuilderStage(bench.Site).JudgeAsync(bench.Order("build/auth/1"), null!, "# x\n", "BLOCKED. Contract conflict: no clock", Token));

        Assert.Contains("has changed none", judge.Message, StringComparison.Ordinal);
        Assert.Contains("has not written conflict.md", builder.Message, StringComparison.Ordinal);
    }

    /// <summary>Fault 30: what has another name elsewhere may be somebody else's, and would be published as the agent's.</summary>
    [Fact]
    public void A_proposal_that_is_another_name_of_a_file_elsewhere_is_not_read()
    {
        using var directory = new TempDirectory();
        var (home, secret) = (Directory.CreateDirectory(Path.Combine(directory.Path, "home")).FullName, directory.File("private/notes.md", "nobody else's\n"));
        using var link = System.Diagnostics.Process.Start("ln", [secret, Path.Combine(home, "brain.md")]);
        link.WaitForExit();
        Assert.Equal(0, link.ExitCode);

        Assert.Throws<StageRefusedException>(() => ProposedFile.Read(home, "brain.md"));
    }
}
