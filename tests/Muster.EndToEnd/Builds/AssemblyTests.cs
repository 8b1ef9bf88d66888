namespace Muster.EndToEnd.Builds;

/// <summary>What happens between finished modules and the person's branch.</summary>
public sealed class AssemblyTests
{
    [Fact]
    public async Task A_module_that_turns_the_integration_tests_red_is_taken_out_whole_and_goes_back_with_the_evidence()
    {
        var script = new BuildScript(new("auth"), new("mail"));
        script["build/mail/1"] = script.Built("mail", ("src/mail/broken.sh", "echo broken\n"));
        script["build/mail/2"] = new { delete = new[] { "src/mail/broken.sh" } };
        using var project = new BuildProject(script);
        await project.CommitAsync(("check.sh", "date > leftover.log; echo seen; if [ -e src/mail/broken.sh ]; then echo the whole is broken; exit 1; fi\n"), ("README.md", "# Shop\n"));

        var (exit, gates) = await project.DecideAsync(await project.BuildAsync("--integration-test", "sh check.sh"));

        project.Expect(0, exit);
        Assert.Equal((1, 2), (project.Round("auth"), project.Round("mail")));
        Assert.Contains("the whole is broken", project.PromptOf("build/mail/2"), StringComparison.Ordinal);
        var merges = await project.GitAsync("log", "--first-parent", "--format=%s", $"orchestration/{project.RunId}/integration");
        Assert.Single(merges.Split('\n'), "Merge mail"); // The first was undone: it is in no history.
        Assert.DoesNotContain(await project.PathsAsync(), p => p is "src/mail/broken.sh" or "leftover.log"); // What a test leaves is nobody's work.
        Assert.Contains("| probe/", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
    }

    /// <summary>A test is an agent's code: what it changes in the tree is seen by nobody who reads or merges it.</summary>
    [Fact]
    public async Task What_a_test_changes_in_its_worktree_is_undone_before_anybody_reads_it()
    {
        var script = new BuildScript(new Part("auth"));
        script["build/auth/1"] = script.Built("auth", ("src/auth/test.sh", "echo '# good' > src/auth/run.sh; echo x > src/auth/new.txt; echo y > ../up.txt; exit 0\n"));
        script["qc/auth/1"] = BuildScript.Qc("[major] src/auth/run.sh:2: prints; do not");
        script["build/auth/2"] = script.Built("auth");
        using var project = new BuildProject(script);

        var (exit, _) = await project.DecideAsync(await project.BuildAsync());

        project.Expect(0, exit);
        Assert.Equal(2, project.Round("auth")); // The finding's line 2 stands in what was committed, and so in what QC read.
        Assert.DoesNotContain("src/auth/new.txt", await project.PathsAsync());
    }

    /// <summary>Fault 71.</summary>
    [Fact]
    public async Task A_base_branch_that_moved_after_the_approval_is_taken_up_and_asked_about_again()
    {
        using var project = new BuildProject(new(new Part("auth")));
        await project.CommitAsync(("README.md", "# Shop\n"));
        await project.GitAsync("branch", "base");
        project.Expect(4, await project.BuildAsync("--base", "base"));
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");
        var first = project.HashOf("ship");
        var moved = await CommitOnBaseAsync(project, "other.txt", "by somebody else");

        project.Expect(4, await project.ApproveAsync("ship"), "ship");

        Assert.Equal(moved, await project.GitAsync("rev-parse", "base")); // Nothing was shipped.
        Assert.NotEqual(first, project.HashOf("ship"));
        var shown = (await project.Muster.RunAsync("approve", "--show")).Output;
        Assert.Contains($"An approval of {first[..12]} is void", shown, StringComparison.Ordinal);
        Assert.Matches(@"(?s)since that approval:.*1 files differ.*A other\.txt \+1 -0.*files differ from " + moved[..12], shown); // And what the base has now is no longer part of what is built.
        Assert.DoesNotContain("ALARM", shown, StringComparison.Ordinal);
        var old = await project.Muster.RunAsync("approve", "--hash", first);
        Assert.True(old.ExitCode != 0, old.Output);

        project.Expect(0, await project.ApproveAsync("ship"));
        Assert.Equal(moved, await project.GitAsync("merge-base", moved, "base"));
        Assert.Contains("src/auth/run.sh", await project.GitAsync("ls-tree", "-r", "--name-only", "base"), StringComparison.Ordinal);
    }

    /// <summary>Faults 69 and 71: what conflicts with the moved base is left alone, and a person sees to it.</summary>
    [Fact]
    public async Task A_base_branch_that_moved_against_what_was_built_is_not_touched_and_retried_once_a_person_saw_to_it()
    {
        using var project = new BuildProject(new(new Part("auth")));
        var began = await project.CommitAsync(("README.md", "# Shop\n"));
        await project.GitAsync("branch", "base");
        project.Expect(4, await project.BuildAsync("--base", "base"));
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");
        var moved = await CommitOnBaseAsync(project, "src/auth/run.sh", "somebody else's");

        project.Expect(4, await project.ApproveAsync("ship"), "base-moved");

        Assert.Equal(moved, await project.GitAsync("rev-parse", "base"));
        Assert.Contains("src/auth/run.sh", (await project.Muster.RunAsync("approve", "--show")).Output, StringComparison.Ordinal);
        await project.GitAsync("update-ref", "refs/heads/base", began);
        var (exit, gates) = await project.DecideAsync(4);

        project.Expect(0, exit);
        Assert.Equal(["base-moved"], gates); // What was approved for that commit still is.
        Assert.Contains("auth $*", await project.GitAsync("show", "base:src/auth/run.sh"), StringComparison.Ordinal);
    }

    private static async Task<string> CommitOnBaseAsync(BuildProject project, string path, string text)
    {
        var (back, there) = (await project.GitAsync("rev-parse", "--abbrev-ref", "HEAD"), Path.Combine(project.Muster.Home, "there"));
        Assert.Equal("main", back);
        await project.GitAsync("worktree", "add", "-q", there, "base");
        project.Muster.Write(Path.Combine("there", path), text);
        foreach (var command in (string[][])[["add", "-A"], ["-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "Moved"]])
        {
            Assert.Equal(0, (await project.Muster.RunToolAsync("git", ["-C", there, .. command])).ExitCode);
        }

        await project.GitAsync("worktree", "remove", there);
        return await project.GitAsync("rev-parse", "base");
    }

    /// <summary>A test that passes for a file which git ignores says nothing of what is merged.</summary>
    [Fact]
    public async Task What_a_module_has_and_git_ignores_is_named_to_who_reads_it()
    {
        var script = new BuildScript(new("auth"), new("mail"));
        script["build/auth/1"] = script.Built("auth", ("src/auth/lib/a.sh", "echo\n"), ("src/auth/test.sh", "sh src/auth/lib/a.sh\n"));
        using var project = new BuildProject(script);
        await project.CommitAsync((".gitignore", "lib/\n"));

        project.Expect(4, await project.BuildAsync(), "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");

        Assert.Contains("ignored by git, so that it was there for the test and is in no commit: src/auth/lib/", project.PromptOf("qc/auth/1"), StringComparison.Ordinal);
        Assert.DoesNotContain("ignored by git", project.PromptOf("qc/mail/1"), StringComparison.Ordinal);
    }

    /// <summary>A person sees what is shipped, and not what somebody would like them to see.</summary>
    [Fact]
    public async Task A_branch_that_was_moved_before_it_ships_hides_nothing_of_what_is_shipped()
    {
        using var project = new BuildProject(new(new Part("auth")));
        await project.CommitAsync(("README.md", "# Shop\n"));
        project.Expect(4, await project.BuildAsync(), "architecture");
        project.Expect(4, await project.ApproveAsync("architecture"), "ship");
        var head = await project.GitAsync("rev-parse", $"orchestration/{project.RunId}/integration");
        await project.GitAsync("update-ref", $"refs/heads/orchestration/{project.RunId}/integration", "main");

        var shown = (await project.Muster.RunAsync("approve", "--show")).Output;

        Assert.Contains($"ALARM: orchestration/{project.RunId}/integration is at", shown, StringComparison.Ordinal);
        Assert.Contains("A src/auth/run.sh", shown, StringComparison.Ordinal);
        await project.GitAsync("update-ref", "-d", $"refs/heads/orchestration/{project.RunId}/integration");
        Assert.Contains("A src/auth/run.sh", (await project.Muster.RunAsync("approve", "--show")).Output, StringComparison.Ordinal);
        project.Expect(3, await project.ApproveAsync("ship")); // It is shipped; what is remembered afterwards has no branch to go to.
        Assert.Contains(head, project.Json.GetProperty("build").GetProperty("command").GetString(), StringComparison.Ordinal);
        Assert.Contains("is at commit none, and the journal says", File.ReadAllText(Path.Combine(project.Muster.OnlyRun, "report.md")), StringComparison.Ordinal);
    }
}
